"""Workbooks: the same rows as from CSV, the values of cells, sheets, and messages."""

import csv
import datetime
import io
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.csv_reader import SheetError
from inventory.sheet import Sheet, read_sheet
from tests.workbooks import make_package, make_raw_workbook, make_workbook

FILES = Path(__file__).with_name("files")
SAMPLES = [FILES.with_name("price-table.csv"), *sorted(FILES.glob("*.csv"))]
HEADER = ["SKU", "Brand", "Model", "Price", "Reference", "Diameter", "Year", "Box"]
# Text as people write it. openpyxl would make a formula of "=", and an error value of "#N/A".
_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=20).map(str.strip)
CELLS = _TEXT.filter(lambda text: text[:1] not in ("=", "#") and "_x" not in text) | st.sampled_from(
    ["Rolex", "14.500,00", "1,234.56", "$ 900", "40 mm", "ja", "0042", "1.23E+11", "05/2019", "'007", "TRUE"]
)


def to_csv(rows: list[list[str]]) -> bytes:
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    return file.getvalue().encode()


def outcome(sheet: Sheet) -> Any:
    return [(row.line, row.values, row.availability, row.errors, row.warnings) for row in sheet.rows]


def import_cells(*cells: Any, header: list[str] | None = None) -> Sheet:
    return read_sheet(make_workbook({"Stock": [header or HEADER, cells]}))


def test_workbook_of_a_csv_file_gives_the_same_rows() -> None:
    for sample in SAMPLES:
        expected = read_sheet(sample.read_bytes())
        text = sample.read_bytes().decode("cp1251" if "cp1251" in sample.name else "utf-8-sig")
        rows = list(csv.reader(io.StringIO(text), csv.Sniffer().sniff(text.split("\n")[0])))
        assert outcome(read_sheet(make_workbook({"Stock": rows}))) == outcome(expected), sample.name


@settings(max_examples=5, deadline=None)
@given(st.lists(st.lists(CELLS, min_size=len(HEADER), max_size=len(HEADER)), min_size=20, max_size=40))
def test_any_table_gives_the_same_rows_as_workbook_and_as_csv(rows: list[list[str]]) -> None:
    table = [HEADER, *rows]
    assert outcome(read_sheet(make_workbook({"Stock": table}))) == outcome(read_sheet(to_csv(table)))


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("sku", 25970.0, "25970"),
        ("sku", 1.23e11, "123000000000"),
        ("sku", 123_456_789_012_345, "123456789012345"),
        ("sku", "0042", "0042"),
        ("reference", 16613.5, "16613.5"),
        ("reference", 116500.001, "116500.0010"),
        ("asking_price_cents", 11899.9881, 1_189_999),
        ("asking_price_cents", 0.1 + 0.2, 30),
        ("asking_price_cents", 123.456, 12_346),
        ("asking_price_cents", 14.5, 1_450),
        ("year", datetime.date(2019, 5, 31), 2019),
        ("has_box", True, True),
        ("has_box", False, False),
        ("model", "Day-Date\nPresident", "Day-Date President"),
    ],
    ids=str,
)
def test_values_of_cells_are_read(field: str, cell: Any, value: Any) -> None:
    names = ["sku", "brand", "model", "asking_price_cents", "reference", "case_diameter_mm", "year", "has_box"]
    cells = ["A1", "Rolex", "Explorer", 7200, "", "", "", ""]
    cells[names.index(field)] = cell
    sheet = import_cells(*cells)
    assert sheet.errors == []
    assert dict(sheet.good[0].values)[field] == value


def test_number_that_lost_digits_is_an_error() -> None:
    sheet = import_cells(12_345_678_901_234_567, "Rolex", "Explorer", 7200, "", "", "", "")
    assert "shortened this number" in sheet.errors[0].reason


def test_error_value_is_reported_at_its_cell() -> None:
    sheet = import_cells("A1", "Rolex", "Explorer", "#REF!", "#N/A", "", "", "")
    assert [(error.column, error.value) for error in sheet.errors] == [("Price", "#REF!")]
    assert [(warning.column, warning.value) for warning in sheet.warnings] == [("Reference", "#N/A")]
    assert "error value of a spreadsheet" in sheet.errors[0].reason


@pytest.mark.parametrize("name", ["stock.xls", "stock.ods"])
def test_older_and_open_formats_are_read(name: str) -> None:
    [row] = read_sheet((FILES / name).read_bytes()).good
    assert [row.values[key] for key in ("sku", "brand", "asking_price_cents")] == ["0042", "Rolex", 2_597_000]


def test_lines_are_the_rows_of_the_sheet_below_titles_and_blank_rows() -> None:
    rows: list[list[Any]] = [
        ["Stock of Uhrenhaus"],
        [],
        HEADER,
        [],
        ["A1", "Rolex", "Two\nlines", 1, None],
        ["A2", "Rolex", "Y", "x"],
    ]
    sheet = read_sheet(make_workbook({"Stock": rows}))
    assert [row.line for row in sheet.rows] == [5, 6]
    assert "Line 3 was taken for the header" in sheet.notes[0]


SHEETS: dict[str, list[list[Any]]] = {
    "Cover": [["Uhrenhaus"]],
    "Old": [HEADER],
    "Stock": [HEADER, ["A1", "Rolex", "Explorer", 1]],
}


def test_first_visible_sheet_with_the_columns_is_read_and_named() -> None:
    sheet = read_sheet(make_workbook(SHEETS, hidden=["Old"]))
    assert (sheet.sheet_name, len(sheet.good), sheet.encoding) == ("Stock", 1, "")
    assert sheet.notes == ['The sheet "Stock" was read. Not read: "Cover".']


def test_chosen_sheet_is_read() -> None:
    assert read_sheet(make_workbook(SHEETS)).sheet_name == "Old"
    assert len(read_sheet(make_workbook(SHEETS), sheet="Stock").good) == 1


@pytest.mark.parametrize("name", ["Missing", "a\0b", "\ud800", "x" * 1_000_000, "-m"])
def test_unknown_sheet_is_an_error(name: str) -> None:
    with pytest.raises(SheetError, match="no sheet"):
        read_sheet(make_workbook(SHEETS), sheet=name)


def test_columns_that_the_user_mapped_choose_the_sheet_too() -> None:
    sheets: dict[str, list[list[Any]]] = {
        "Cover": [["Brand", "Hello"]],
        "Stock": [["B", "M", "P"], ["Rolex", "Explorer", 7200]],
    }
    overrides = {"B": "brand", "M": "model", "P": "asking_price_eur"}
    assert read_sheet(make_workbook(sheets), overrides=overrides).sheet_name == "Stock"


def break_compression() -> bytes:
    """A workbook whose first part has a block of an undefined type (RFC 1951 section 3.2.3)."""
    content = bytearray(make_workbook({"Stock": [HEADER]}))
    start = 30 + int.from_bytes(content[26:28], "little") + int.from_bytes(content[28:30], "little")
    content[start] |= 0b110
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ((FILES / "password.xlsx").read_bytes(), "protected with a password"),
        (make_workbook({"Stock": []}), "workbook is empty"),
        (make_workbook({"Stock": [HEADER]})[:-40], "not a workbook that can be read"),
        (break_compression(), "not a workbook that can be read"),
        (make_package({"word/document.xml": "<w/>"}), "not a workbook that can be read"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "not a workbook that can be read"),
        (b"\xef\xbb\xbf <!DOCTYPE html><table><tr><td>Brand</td></tr></table>", "web page"),
        (b"<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", "web page"),
        (b"<?xml version='1.0'?><Workbook/>", "XML"),
        (make_raw_workbook("<row><c><v>1</v></c></row>" * 20_001), "more than 20,000 rows"),
        (make_workbook({"Stock": [[*HEADER, *["x"] * 500]]}), "508 columns"),
    ],
    ids=range(11),
)
def test_unreadable_workbook_is_rejected_with_a_message(content: bytes, sentence: str) -> None:
    with pytest.raises(SheetError, match=sentence):
        read_sheet(content)


def test_csv_has_no_sheets() -> None:
    with pytest.raises(SheetError, match="no workbook"):
        read_sheet(to_csv([HEADER]), sheet="Stock")
