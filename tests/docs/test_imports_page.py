"""The page about imports: its columns, limits and encodings are those of the program."""

import csv
import io
import re

import pytest

from dashboard.pages.imports import FIELD_LABELS
from inventory import csv_reader, header_line, table
from inventory.column_candidates import find_candidates
from inventory.column_map import MappingError
from inventory.encodings import find_encoding
from inventory.fields import COLUMN_FIELDS
from inventory.sheet import read_sheet
from tests.docs.reading import FOLDER, blocks

PAGE = (FOLDER / "imports.md").read_text()
ROWS = re.findall(r"^\| ([^|]+) \| `(\w+)` \| ([^|]+) \|$", PAGE, re.MULTILINE)


def test_table_has_every_field_with_its_label_in_the_dashboard() -> None:
    assert sorted(field for _, field, _ in ROWS) == sorted(COLUMN_FIELDS)
    assert {field: label for label, field, _ in ROWS} == {field: FIELD_LABELS[field] for field in COLUMN_FIELDS}


@pytest.mark.parametrize(("field", "names"), [(field, names) for _, field, names in ROWS])
def test_every_name_in_the_table_is_recognized(field: str, names: str) -> None:
    columns = names.split(", ")
    assert [name for name in columns if list(find_candidates([name], [name], {})) != [field]] == []


def test_limits_and_encodings_on_the_page_are_those_of_the_program() -> None:
    mebibytes = csv_reader.MAX_FILE_BYTES // 2**20
    assert f"{mebibytes} MiB, {table.MAX_ROWS:,} rows and {header_line.MAX_COLUMNS} columns" in PAGE
    assert all(map(find_encoding, re.findall(r"--encoding ([\w-]+)", PAGE)))


@pytest.mark.parametrize(("lines", "is_read"), [(19, True), (20, False)])
def test_title_may_have_as_many_lines_as_the_page_says(lines: int, is_read: bool) -> None:
    assert "up to 19 lines" in PAGE
    text = "A title\n" * lines + "Brand,Model,Price\nRolex,Explorer,7000\n"
    if is_read:
        assert len(read_sheet(text.encode()).good) == 1
    else:
        with pytest.raises(MappingError):
            read_sheet(text.encode())


def test_file_on_the_page_is_read() -> None:
    [block] = blocks("imports", "csv")
    read = read_sheet(block.text.encode())
    assert (read.errors, read.warnings, read.columns.ignored) == ([], [], [])
    assert len(read.good) == len(list(csv.reader(io.StringIO(block.text)))) - 1
    assert [row.values["asking_price_cents"] for row in read.not_for_sale] == [640_000]
