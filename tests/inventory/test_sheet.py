"""Whole files: encodings, delimiters, lines, bad rows and good ones."""

import unicodedata
from decimal import Decimal
from pathlib import Path

import pytest

from inventory.availability import Availability
from inventory.column_map import MappingError
from inventory.csv_reader import SheetError
from inventory.sheet import Sheet, read_sheet
from inventory.sheet_row import RowError

PRICE_TABLE = Path(__file__).with_name("price-table.csv")
SAMPLE = Path(__file__).parents[2] / "demo" / "sample-inventory.csv"


def sheet(text: str, **options: str) -> Sheet:
    return read_sheet(text.encode(), default_country=options.get("default_country"))


def test_public_price_table_is_read_with_a_rate() -> None:
    table = read_sheet(PRICE_TABLE.read_bytes(), rates={"USD": Decimal("0.92")}, default_country="BG")
    assert table.errors == []
    assert table.good[1].values == {
        "brand": "Citizen",
        "model": "Promaster Sky",
        "case_material": "Titanium",
        "bracelet_material": "Rubber",
        "movement": "quartz",
        "water_resistance_m": 200,
        "case_diameter_mm": Decimal("43.5"),
        "dial_color": "Blue",
        "complications": ["Chronograph", "World Time"],
        "power_reserve_h": 5040,
        "asking_price_cents": 57546,
        "location_country": "BG",
    }
    assert [row.values["asking_price_cents"] for row in table.good] == [736000, 57546, 320160, 1839999]
    assert [row.line for row in table.good] == [2, 3, 4, 5]


def test_price_table_without_a_rate_has_one_error_per_row() -> None:
    table = read_sheet(PRICE_TABLE.read_bytes())
    assert table.good == []
    assert [(error.line, error.column, error.value) for error in table.errors] == [
        (2, "Price (USD)", "8000.0"),
        (3, "Price (USD)", "625.5"),
        (4, "Price (USD)", "3480.0"),
        (5, "Price (USD)", "19999.99"),
    ]
    assert "This price is in USD" in table.errors[0].reason


def test_sample_inventory_reads_without_an_error() -> None:
    sample = read_sheet(SAMPLE.read_bytes())
    assert (sample.errors, sample.warnings, sample.notes, sample.columns.ignored) == ([], [], [], [])
    assert [row.values["sku"] for row in sample.good] == [f"WTH-{number:04}" for number in range(1, 61)]
    assert all(row.values["asking_price_cents"] > 10_000 for row in sample.good)


def test_each_error_of_a_row_is_collected_and_the_other_rows_are_kept() -> None:
    text = "Brand,Model,Year,Price\nRolex,Explorer,2020,7000\n,Santos,soon,free\nTudor,Pelagos,,3000\n"
    read = read_sheet(text.encode(), strict=True)
    assert [row.line for row in read.good] == [2, 4]
    assert read.errors == [
        RowError(3, "Brand", "", "The brand is missing. Fill in this cell."),
        RowError(3, "Year", "soon", "This is not a year. Enter four digits, such as 2019."),
        RowError(3, "Price", "free", read.errors[2].reason),
    ]
    assert "Enter a number such as" in read.errors[2].reason


def test_blank_cell_leaves_its_field_out() -> None:
    assert sheet("Brand,Model,Price,Year,Title\nRolex,Explorer,7000,,n/a\n").rows[0].values == {
        "brand": "Rolex",
        "model": "Explorer",
        "asking_price_cents": 700000,
    }


def test_default_country_applies_only_to_rows_without_one() -> None:
    read = sheet("Brand,Model,Price,Country\nA,B,1,Italy\nA,B,1,\n", default_country="BG")
    assert [row.values["location_country"] for row in read.rows] == ["IT", "BG"]


@pytest.mark.parametrize(
    ("encoding", "has_note"), [("utf-8", False), ("utf-8-sig", False), ("utf-16", False), ("cp1252", True)]
)
def test_encodings_of_spreadsheets_are_read(encoding: str, has_note: bool) -> None:
    text = "Marke;Modell;Preis;Beschreibung\nGlashütte Original;PanoMaticLunar;6.900,00 €;„Schön“\n"
    read = read_sheet(text.encode(encoding))
    assert read.good[0].values["brand"] == "Glashütte Original"
    assert read.good[0].values["description"] == "„Schön“"
    assert (
        read.notes
        == ["The file is not valid UTF-8 and was read as Windows-1252. Check the accented letters."] * has_note
    )


@pytest.mark.parametrize("text", ["Марка;Модел;Цена\nZenith;Defy;5000\n"])
def test_big_endian_utf16_is_read(text: str) -> None:
    assert read_sheet(b"\xfe\xff" + text.encode("utf-16-be")).good[0].values["brand"] == "Zenith"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_ends_are_detected(delimiter: str, newline: str) -> None:
    rows = [["Brand", "Model", '"Price; in, EUR"'], ["Rolex", '"A, B; C\tD"', "7000"], ["Rolex", "", "7000"]]
    text = newline.join(delimiter.join(row) for row in rows)
    read = read_sheet(text.encode(), overrides={"Price; in, EUR": "asking_price_eur"})
    assert read.rows[0].values["model"] == "A, B; C D"
    assert [error.line for error in read.errors] == [3]


def test_line_that_declares_the_delimiter_is_counted_and_skipped() -> None:
    read = sheet("sep=;\nBrand;Model;Notes,,,,;Price\nRolex;Explorer;1;7.000\n")
    assert [(row.line, row.values["asking_price_cents"]) for row in read.rows] == [(3, 700000)]


def test_lines_are_counted_across_quoted_newlines_and_blank_lines() -> None:
    text = 'Brand,Model,Description,Price\n\nRolex,Explorer,"Two\nlines",1\n\n , ,,\nTudor,Ranger,"A\n\nB",\n'
    read = sheet(text + '"",x,,1\n')
    assert [row.line for row in read.rows] == [3, 7, 10]
    assert [(error.line, error.column) for error in read.errors] == [(7, "Price"), (10, "Brand")]
    assert read.rows[0].values["description"] == "Two\nlines"


def test_row_with_too_many_cells_is_one_error() -> None:
    read = sheet("Brand,Model,Price\nRolex,Explorer,9,500\nTudor,Ranger,2500,,\n")
    (error,) = read.errors
    assert (error.line, error.column, error.value) == (2, "", "500")
    assert "4 cells, but the header has 3" in error.reason
    assert [row.line for row in read.good] == [3]


def test_row_with_too_few_cells_lacks_only_those() -> None:
    assert sheet("Brand,Model,Price,Title,Year\nRolex,Explorer,1\n").good[0].values["model"] == "Explorer"


def test_unclosed_quote_is_an_error_that_names_the_lines_it_skips() -> None:
    read = sheet('Brand,Model,Price\nRolex,A,1\nRolex,"B,2\nRolex,C,3\nRolex,D,4\n')
    assert [row.line for row in read.good] == [2]
    assert [(error.line, error.column) for error in read.errors] == [(3, "")]
    assert "Lines 3 to 5 were not read, because a quote is not closed" in read.errors[0].reason


def test_rows_after_a_row_with_odd_quotes_are_read() -> None:
    read = sheet('Brand,Model,Price\nRolex,"B" x,2\nRolex,C,3\n')
    assert [error.line for error in read.errors] == [2]
    assert [row.line for row in read.good] == [3]


def test_quotes_after_a_space_and_within_a_cell_are_read() -> None:
    read = sheet('Brand,Model,Price\nRolex, "GMT, ""Pepsi""",1\nRolex,GMT "Batman",1\n')
    assert [row.values["model"] for row in read.good] == ['GMT, "Pepsi"', 'GMT "Batman"']


def test_repeated_sku_is_an_error_that_names_the_first_line() -> None:
    read = sheet("SKU,Brand,Model,Price\nA1,x,y,1\na1,x,y,1\n,x,y,1\n,x,y,1\nA1,x,y,1\nA1,x,y,1\n")
    assert [(error.line, error.column, error.value) for error in read.errors] == [
        (6, "SKU", "A1"),
        (7, "SKU", "A1"),
    ]
    assert all("Line 2 has the same SKU" in error.reason for error in read.errors)


def test_optional_cell_that_cannot_be_read_costs_only_its_value() -> None:
    text = "SKU,Brand,Model,Price,Year,Condition,Diameter,Cost\nA1,Rolex,Explorer,7000,soon,used,wide,5000 USD\n"
    read = sheet(text)
    assert read.errors == []
    assert read.good[0].values == {"sku": "A1", "brand": "Rolex", "model": "Explorer", "asking_price_cents": 700_000}
    assert [(warning.line, warning.column, warning.value) for warning in read.warnings] == [
        (2, "Year", "soon"), (2, "Condition", "used"), (2, "Diameter", "wide"), (2, "Cost", "5000 USD"),
    ]  # fmt: skip
    strict = read_sheet(text.encode(), strict=True)
    assert ([error.column for error in strict.errors], strict.good) == (["Year", "Condition", "Diameter", "Cost"], [])


@pytest.mark.parametrize("cells", ["1E+11,Rolex,Explorer,7000", "A1,,Explorer,7000", "A1,Rolex,,7000", "A1,Rolex,x,?"])
def test_cell_that_a_watch_needs_costs_the_row(cells: str) -> None:
    read = sheet(f"SKU,Brand,Model,Price,Year\n{cells},soon\n")
    assert (len(read.errors), len(read.warnings), read.good) == (1, 1, [])


def test_valid_photos_are_kept_beside_invalid_ones() -> None:
    cells = "https://a.example/1.jpg /s/u/sub.jpg http://a.example/2.jpg https://a.example/3.jpg"
    read = sheet(f"Brand,Model,Price,Photos\nRolex,Explorer,7000,{cells}\nRolex,Explorer,7000,/s/u/sub.jpg\n")
    assert [row.values.get("photos") for row in read.good] == [
        ["https://a.example/1.jpg", "https://a.example/3.jpg"], None,
    ]  # fmt: skip
    assert [warning.column for warning in read.warnings] == ["Photos", "Photos"]


def test_neither_of_two_contradicting_cells_counts() -> None:
    [row] = sheet("Brand,Model,Price,Box,Set\nx,y,1,no,Full set\n").good
    assert "has_box" not in row.values
    assert [warning.column for warning in row.warnings] == ["Set"]


def test_sold_watch_with_its_status_in_the_condition_is_sold() -> None:
    read = sheet("Brand,Model,Price,Condition\nRolex,Explorer,7000,Sold\n")
    assert [row.availability for row in read.good] == [Availability.SOLD]


def test_columns_that_contradict_each_other_are_an_error() -> None:
    text = "Brand,Model,Price,Box,Set\nx,y,1,yes,Full set\nx,y,1,no,Full set\nx,y,1,,Full set\n"
    read = read_sheet(text.encode(), strict=True)
    assert [(error.line, error.column, error.value) for error in read.errors] == [(3, "Set", "Full set")]
    assert [row.values["has_box"] for row in read.good] == [True, True]


def test_control_characters_are_errors_and_not_shown_raw() -> None:
    read = sheet("Brand,Model,Price\nRolex,A\x00B,1\nRolex,\x1b[2J!,1\nRolex,C,1\n")
    assert [(error.line, error.value) for error in read.errors] == [(2, "A\ufffdB"), (3, "\ufffd[2J!")]
    assert "U+0000" in read.errors[0].reason


def test_shown_value_is_truncated_to_200_characters() -> None:
    assert len(sheet(f"Brand,Model,Price\nRolex,{'x' * 500},1\n").errors[0].value) == 200


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "file is empty"),
        (b"\xef\xbb\xbf\n \n", "file is empty"),
        (b"PK\x03\x04....", "not a workbook that can be read"),
        (b"Br\x01and,Mo\x02del,Price\n", "not text. Save the file as CSV"),
        (b"\xff\xfeB", "neither UTF-8 nor UTF-16"),
        (b"Brand,Model,Price\n\xff\x81", "neither UTF-8 nor UTF-16"),
        (b'"Brand,Model,Price\n', "a quote is not closed"),
        (b"Brand,Model,Price" + b",x" * 500, "503 columns"),
        (b"Brand,Model,Price\n" + b"x,y,1\n" * 20_001, "more than 20,000 rows"),
        (b"x" * (16 * 1024 * 1024 + 1), "larger than 16 MiB"),
    ],
    ids=range(10),
)
def test_unreadable_file_is_rejected_with_a_message(content: bytes, sentence: str) -> None:
    with pytest.raises(SheetError, match=sentence):
        read_sheet(content)


def test_blank_lines_do_not_count_as_rows() -> None:
    assert read_sheet(b"Brand,Model,Price\n" + b"\n" * 20_001 + b"x,y,1\n").rows[0].line == 20_003


def test_file_without_a_price_is_rejected() -> None:
    with pytest.raises(MappingError, match="recognized as price"):
        sheet("Brand,Model\nRolex,Explorer\n")


@pytest.mark.parametrize(
    ("name", "brands"),
    [
        ("unicode-watches.csv", ["Ролекс", "Glashütte Original", "Hermès"]),
        ("non-ascii-brands.csv", ["Éterna", "Ракета", "Škoda Time"]),
        ("nfd-brand.csv", ["Hermès"]),
    ],
)
def test_brands_of_every_script_are_read(name: str, brands: list[str]) -> None:
    read = read_sheet(Path(__file__).with_name("files").joinpath(name).read_bytes())
    assert [unicodedata.normalize("NFC", row.values["brand"]) for row in read.good] == brands
    assert (read.errors, read.warnings, read.columns.ignored) == ([], [], [])
