"""Identifiers are cleaned of what spreadsheets and web pages add; those that lost digits are rejected."""

from pathlib import Path

import pytest

from inventory.cell_parser import parse_cell
from inventory.fields import FIELDS
from inventory.sheet import read_sheet

FILES = Path(__file__).with_name("files")
IDENTIFIERS = ("sku", "reference", "caliber", "serial_number")


@pytest.mark.parametrize("field", IDENTIFIERS)
@pytest.mark.parametrize(
    "cell",
    [
        "A-1\u200b", "\ufeffA-1", "A\u00ad-1", "A-\u20601", "\u200eA-1\u200f", "A-1\u00a0", "\u2003A-1", "'A-1", "’A-1",
        '="A-1"', '= "A-1"', '\'="A-1"', '=T("A-1")', '"="A-1"'.strip('"') + '"', "\u200b'A-1", "A-1\u202c",
    ],
)  # fmt: skip
def test_decoration_is_removed(field: str, cell: str) -> None:
    assert parse_cell(field, cell) == {field: "A-1"}


@pytest.mark.parametrize("field", IDENTIFIERS)
@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("25970.0", "25970"), ("25970,0", "25970"), ('="0042"', "0042"), ("'0042", "0042"), ("0042", "0042"),
        ("3510.50", "3510.50"), ("311.30.42.30.01.005", "311.30.42.30.01.005"), ("1-90-02", "1-90-02"), ("7E3", "7E3"),
        ("5E12345", "5E12345"), ("A\u00a0 1", "A 1"), ("Ref.\u30001", "Ref. 1"), ("E\u0301-1", "E\u0301-1"),
    ],
)  # fmt: skip
def test_identifier_keeps_its_own_characters(field: str, cell: str, expected: str) -> None:
    assert parse_cell(field, cell) == {field: expected}


def test_decimals_of_a_round_number_stay_in_a_reference() -> None:
    assert parse_cell("reference", "2500.00") == {"reference": "2500.00"}
    assert parse_cell("sku", "2500.00") == {"sku": "2500"}


@pytest.mark.parametrize("field", IDENTIFIERS)
@pytest.mark.parametrize("cell", ["1.23E+11", "1.23457E+11", "1,23457E+11", "1E+11", "1.2e+15", "1.2E-5", '="1.2E+11"'])
def test_number_that_lost_its_digits_is_rejected(field: str, cell: str) -> None:
    with pytest.raises(ValueError, match="last digits are lost"):
        parse_cell(field, cell)


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("cell", ["#REF!", "#N/A", "#VALUE!", "#NAME?", "########", "#div/0!"])
def test_error_value_of_a_spreadsheet_is_rejected(field: str, cell: str) -> None:
    with pytest.raises(ValueError, match="error value of a spreadsheet"):
        parse_cell(field, cell)


@pytest.mark.parametrize("cell", ["\u200b", "\ufeff ", "'", '=""', "\u00ad-"])
def test_cell_of_decoration_only_is_blank(cell: str) -> None:
    assert [parse_cell(field, cell) for field in FIELDS if field != "supplier"] == [{}] * (len(FIELDS) - 1)


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("asking_price_eur", "7000\u200b", 700_000), ("asking_price_eur", '="7000"', 700_000),
        ("brand", "\ufeffRolex", "Rolex"),
        ("year", "\u200e2019", 2019), ("year", "2019.0000", 2019), ("title", '="Full set"', "Full set"),
        ("condition", "very good\u200b", "very_good"), ("title", "👨‍🔧 Serviced", "👨‍🔧 Serviced"),
    ],
)  # fmt: skip
def test_other_cells_are_read_through_decoration(field: str, cell: str, value: object) -> None:
    assert list(parse_cell(field, cell).values()) == [value]


def test_one_watch_in_two_spellings_of_its_sku_is_a_duplicate() -> None:
    sheet = read_sheet((FILES / "zero-width-sku.csv").read_bytes())
    assert [row.values["sku"] for row in sheet.good] == ["ZW-1"]
    assert "Line 2 has the same SKU" in sheet.errors[0].reason


def test_mangled_numbers_are_rejected_and_the_others_cleaned() -> None:
    sheet = read_sheet((FILES / "mangled-numbers.csv").read_bytes())
    assert [row.values["sku"] for row in sheet.good] == ["25970", "42", "0042"]
    assert [(error.line, error.column, error.value) for error in sheet.errors] == [(2, "sku", "1.23457E+11")]
    [warning] = sheet.warnings
    assert (warning.line, warning.value) == (5, "0042")
    assert 'Line 4 has the SKU "42"' in warning.reason


def test_decimals_of_a_database_are_read() -> None:
    sheet = read_sheet((FILES / "four-decimals.csv").read_bytes())
    assert [row.values["asking_price_cents"] for row in sheet.good] == [700_000, 520_050]


def test_odd_amounts_are_rejected() -> None:
    sheet = read_sheet((FILES / "odd-money.csv").read_bytes())
    assert (sheet.good, [error.column for error in sheet.errors]) == ([], ["price_eur"] * 4)
