"""Inventory files that are made to be expensive or to break the reader."""

import codecs
from contextlib import suppress

import pytest

from inventory.column_map import MappingError
from inventory.csv_reader import SheetError
from inventory.sheet import read_sheet
from inventory.table import MAX_ROWS

SIZE = 64 * 1024
HEADER = b"brand,model,price\n"
BOMBS = {
    "quotes": b'"' * SIZE,
    "quotes in a row": HEADER + b'"' * SIZE,
    "an open quote": HEADER + b'"' + b"x,\n" * (SIZE // 3),
    "an open quote in every row": HEADER + b'"x\n' * 5_000,
    "quotes within quotes": HEADER + b'"""' * (SIZE // 3),
    "commas": b"," * SIZE,
    "commas in a row": HEADER + b"," * SIZE,
    "line breaks": HEADER + b"\n" * SIZE,
    "carriage returns": HEADER + b"\r" * SIZE,
    "one cell": HEADER + b"x" * SIZE,
    "a number of digits": HEADER + b"a,b," + b"9" * SIZE,
    "a number of separators": HEADER + b"a,b," + b"1.," * 20 + b"'" * SIZE,
    "too many rows": HEADER + b"a,b,1\n" * (MAX_ROWS + 1),
    "columns of one name": b"brand," * (SIZE // 6) + b"\n",
    "NUL": HEADER + b"\0" * SIZE,
    "lone surrogates": HEADER + codecs.BOM_UTF16_LE + b"\x00\xd8" * (SIZE // 2),
    "UTF-16 of half a character": codecs.BOM_UTF16_LE + b"b",
    "bytes of no encoding": HEADER + bytes(range(256)) * (SIZE // 256),
    "combining characters": HEADER + b"a,b," + "\u0301".encode() * (SIZE // 2),
    "right to left": HEADER + "\u202e,\u2066,1\n".encode() * 1_000,
    "a delimiter line only": b"sep=;\n" * (SIZE // 6),
}


@pytest.mark.parametrize("name", BOMBS)
def test_hostile_file_is_read_or_rejected(name: str) -> None:
    with suppress(SheetError, MappingError):
        sheet = read_sheet(BOMBS[name])
        assert len(sheet.rows) <= MAX_ROWS
        assert all(len(error.value) <= 200 for error in sheet.errors)
