"""Columns with the same name matter only if they are read and differ."""

import re

import pytest

from inventory.availability import Availability
from inventory.column_map import ColumnChoiceError
from inventory.sheet import Sheet, read_sheet


def read(*lines: str, overrides: dict[str, str] | None = None) -> Sheet:
    return read_sheet("\n".join(lines).encode(), overrides=overrides or {})


def test_columns_that_are_not_read_may_share_a_name() -> None:
    sheet = read("Brand,Model,Price,Notes,Notes,Notes (2)", "Rolex,Explorer,7000,a,b,c")
    assert sheet.errors == []
    assert sheet.columns.ignored == ["Notes", "Notes (3)", "Notes (2)"]


@pytest.mark.parametrize("name", ["Price", "PRICE", " price "])
@pytest.mark.parametrize("cells", [("7000", "7000"), ("7000", ""), ("", "7000"), (" 7000", "7000 ")])
def test_column_that_repeats_another_or_is_blank_does_not_matter(name: str, cells: tuple[str, str]) -> None:
    sheet = read(f"Brand,Model,Price,{name}", f"Rolex,Explorer,{','.join(cells)}")
    assert [row.values["asking_price_cents"] for row in sheet.good] == [700_000]


@pytest.mark.parametrize(
    ("header", "first", "second", "field"),
    [
        ("Price,Price", "7000,8000", "1,1", "asking_price_eur"),
        ("Price,Title,Title", "7000,a,b", "1,c,c", "title"),
        ("Price,Currency,Cost,Currency", "7000,EUR,5000,USD", "1,EUR,2,EUR", "currency"),
        ("Regular price,Sale price,Regular price", "7000,,8000", "1,,2", ""),
        ("Price,Vendor,Vendor", "7000,a,b", "1,c,d", "supplier"),
    ],
)
def test_columns_of_one_name_that_differ_must_be_chosen(header: str, first: str, second: str, field: str) -> None:
    with pytest.raises(ColumnChoiceError, match=re.escape(f'{header.split(",")[-1]} (2)"')) as caught:
        read(f"Brand,Model,{header}", f"Rolex,Explorer,{first}", f"Omega,Seamaster,{second}")
    assert caught.value.field == field


def test_user_chooses_one_of_two_columns_by_its_number() -> None:
    lines = "Brand,Model,Price,Price", "Rolex,Explorer,7000,8000"
    for overrides, cents in (
        ({"Price (2)": "asking_price_eur"}, 800_000),
        ({"Price (2)": ""}, 700_000),
        ({"Price": "asking_price_eur"}, 700_000),
        ({"Price": ""}, 800_000),
    ):
        assert [row.values["asking_price_cents"] for row in read(*lines, overrides=overrides).good] == [cents]


def test_second_currency_is_that_of_the_cost_price_if_the_user_says_so() -> None:
    lines = "Brand,Model,Price,Currency,Cost,Currency", "Rolex,Explorer,7000,EUR,5000,CHF"
    sheet = read(*lines, overrides={"Currency (2)": "cost_currency"})
    assert [(warning.column, warning.reason[:24]) for warning in sheet.warnings] == [
        ("Cost", "This price is in CHF, wh")
    ]


def test_all_photos_count_and_the_strictest_status_decides() -> None:
    header = "Brand,Model,Price,Photo,Photo,Status,Status"
    [row] = read(header, "Rolex,Explorer,7000,https://x.example/1,https://x.example/2,active,sold").good
    assert (row.values["photos"], row.availability) == (
        ["https://x.example/1", "https://x.example/2"], Availability.SOLD
    )  # fmt: skip
