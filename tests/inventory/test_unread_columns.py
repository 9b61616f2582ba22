"""No column is ignored without a word, and none that holds the currency of the prices."""

import re
from decimal import Decimal

import pytest

from inventory.column_map import ColumnChoiceError
from inventory.sheet import Sheet, read_sheet

RATES = {"USD": Decimal("0.5")}


def read(*lines: str, **overrides: str) -> Sheet:
    return read_sheet("\n".join(lines).encode(), rates=RATES, overrides=overrides)


def prices(sheet: Sheet) -> list[int | None]:
    return [row.values.get("asking_price_cents") for row in sheet.rows]


def test_column_without_a_name_is_named_by_its_number() -> None:
    sheet = read("Brand,Model,,Price,Shelf,", "Rolex,Explorer,,7000,B4,blue", "Omega,Seamaster,,5000,,")
    assert sheet.columns.ignored == ["Shelf", "column 6, without a name"]


def test_attribute_that_is_not_read_is_named() -> None:
    header = "Name,Price,Attribute 1 name,Attribute 1 value(s),Attribute 2 name,Attribute 2 value(s)"
    sheet = read(header, "Explorer,7000,Brand,Rolex,Clasp,Oysterlock")
    assert sheet.columns.ignored == ["Attribute 2 name", "Attribute 2 value(s)"]


@pytest.mark.parametrize("name", ["", "Curr.", "Whg."])
def test_column_of_currency_codes_is_read_as_the_currency_of_the_price(name: str) -> None:
    sheet = read(
        f"Brand,Model,Price,{name}", "Rolex,Explorer,9000,USD", "Omega,Seamaster,5000,EUR", "Tudor,Pelagos,3000,x"
    )
    assert prices(sheet) == [450_000, 500_000, None]
    assert [error.reason for error in sheet.errors] == ['"x" is not a currency. Enter a code such as "EUR".']
    assert [re.sub(".* holds", "It holds", note) for note in sheet.notes] == [
        "It holds currency codes, so it was read as the currency of the prices."
    ]
    assert sheet.columns.ignored == []


def test_currency_that_contradicts_the_header_of_the_price_is_an_error() -> None:
    sheet = read("Brand,Model,Price (EUR),Curr.", "Rolex,Explorer,9000,USD")
    assert [error.reason[:27] for error in sheet.errors] == ["This price is in EUR, but t"]


@pytest.mark.parametrize(
    ("header", "row", "message"),
    [
        ("Price,X,Y", "9000,USD,CHF", "Several columns hold currency codes: X; Y."),
        ("Price,Cost,X", "9000,7000,USD", 'The column "X" holds currency codes, but the file has several prices.'),
        ("Price,Cost,", "9000,7000,USD", "Column 5, which has no name, holds currency codes, but"),
        ("Price (CHF),Cost,X", "9000,7000,CHF", 'The column "X" holds currency codes, but'),
    ],
)
def test_currency_codes_of_an_unclear_price_are_an_error(header: str, row: str, message: str) -> None:
    with pytest.raises(ColumnChoiceError, match=re.escape(message)):
        read(f"Brand,Model,{header}", f"Rolex,Explorer,{row}")


def test_currency_codes_that_change_no_price_are_a_note() -> None:
    sheet = read("Brand,Model,Price,Cost,X", "Rolex,Explorer,9000,7000,EUR")
    assert (prices(sheet), sheet.notes) == ([900_000], ['The column "X" holds currency codes, but was not read.'])
    assert sheet.columns.ignored == ["X"]


def test_second_currency_column_is_named() -> None:
    sheet = read("Brand,Model,Price,Currency,Buyer's", "Rolex,Explorer,9000,USD,EUR")
    assert (prices(sheet), sheet.columns.ignored) == ([450_000], ["Buyer's"])
    assert sheet.notes == ['The column "Buyer\'s" holds currency codes, but was not read.']


def test_user_may_ignore_currency_codes() -> None:
    sheet = read("Brand,Model,Price,X", "Rolex,Explorer,9000,USD", X="")
    assert (prices(sheet), sheet.notes, sheet.columns.ignored) == ([900_000], [], ["X"])


@pytest.mark.parametrize("cells", [("TOP", "ALL"), ("DE", "CH"), ("USA", "CHE"), ("steel", "USD"), ("", "")])
def test_other_columns_are_no_currencies(cells: tuple[str, str]) -> None:
    rows = [f"Rolex,Explorer,9000,{cells[0]}", f"Omega,Seamaster,9000,{cells[0]}", f"Tudor,Pelagos,9000,{cells[1]}"]
    sheet = read("Brand,Model,Price,X", *rows)
    assert (prices(sheet), sheet.notes, sheet.columns.ignored) == ([900_000] * 3, [], ["X"])
