"""A currency that stands outside the table is that of the prices."""

from decimal import Decimal

import pytest

from inventory.column_map import MappingError
from inventory.sheet import Sheet, read_sheet

RATES = {"USD": Decimal("0.5"), "CHF": Decimal("0.9"), "RUB": Decimal("0.01"), "TRY": Decimal("0.02")}
HEADER, ROW = "Brand;Model;Price;Cost", "Rolex;Explorer;9000;7000"


def read(*lines: str) -> Sheet:
    return read_sheet("\n".join(lines).encode(), rates=RATES)


def prices(sheet: Sheet) -> list[tuple[int | None, int | None]]:
    values = [row.values for row in sheet.good]
    return [(value.get("asking_price_cents"), value.get("cost_price_cents")) for value in values]


@pytest.mark.parametrize(
    ("title", "cents"),
    [
        ("All prices in USD", 450_000), ("all prices in usd;;;", 450_000), ("Price list (US$)", 450_000),
        ("Our list. Currency: USD", 450_000), ("PRICES IN US DOLLARS", 450_000), ("Preise in CHF", 810_000),
        ("Preise in Schweizer Franken", 810_000), ("Prix en francs suisses", 810_000), ("Prices in TRY", 18_000),
        ("Цены в рублях", 9_000), ("Preise in EUR", 900_000), ("Prices in euros (€)", 900_000),
        ("TRY OUR TOP WATCHES. ALL IN STOCK.", 900_000), ("Contact: Bob, stock of May", 900_000),
    ],
)  # fmt: skip
def test_title_names_the_currency_of_the_prices(title: str, cents: int) -> None:
    above, below = read(title, HEADER, ROW), read(HEADER, ROW, title)
    for sheet in (above, below):
        assert [asking for asking, _ in prices(sheet)] == [cents]
        assert any("outside the table names" in note for note in sheet.notes) == (cents != 900_000)


def test_price_without_a_rate_for_the_currency_of_the_title_is_an_error() -> None:
    sheet = read("All prices in GBP", HEADER, ROW)
    assert [error.reason[:32] for error in sheet.errors] == ["This price is in GBP, which has "]


@pytest.mark.parametrize(
    "title", ["USD or EUR", "Rate: 1 USD = 0.92 EUR", "all prices in dollars", "Prices in ¥", "kr"]
)
def test_unclear_currency_of_a_title_is_an_error(title: str) -> None:
    with pytest.raises(MappingError, match="is not clear from the lines above or below the table"):
        read(title, HEADER, ROW)


def test_currency_of_the_column_the_cell_and_the_currency_column_come_first() -> None:
    assert prices(read("Prices in USD", "Brand;Model;Price (EUR);Cost", ROW)) == [(900_000, 350_000)]
    assert prices(read("Prices in USD", HEADER, "Rolex;Explorer;€9000;7000 EUR")) == [(900_000, 700_000)]
    assert prices(read("USD and CHF", HEADER + ";Currency", ROW + ";EUR")) == [(900_000, 700_000)]
    assert prices(read("Prices in USD", HEADER + ";Currency", ROW + ";")) == [(450_000, 350_000)]


def test_row_with_several_cells_is_no_title() -> None:
    assert prices(read(HEADER + ";Note", ROW + ";", "Omega;;;;price in USD")) == [(900_000, 700_000)]
    assert prices(read("Our list;;Currency: USD", HEADER, ROW)) == [(450_000, 350_000)]
