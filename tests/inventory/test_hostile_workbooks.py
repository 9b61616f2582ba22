"""Small workbooks that ask for much memory: they are read or rejected."""

from collections.abc import Callable
from contextlib import suppress

import pytest

from inventory.column_map import MappingError
from inventory.csv_reader import SheetError
from inventory.sheet import read_sheet
from inventory.table import MAX_ROWS
from tests.workbooks import make_package, make_raw_workbook, make_shared_strings

MIB = 1024 * 1024
ENTITIES = '<!ENTITY a "aaaaaaaa">' + "".join(
    f'<!ENTITY {name} "{f"&{chr(ord(name) - 1)};" * 20}">' for name in "bcdefghijk"
)
ODS_ROWS = (
    '<document-content xmlns="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:t="urn:oasis:names:tc:opendocument:xmlns:table:1.0"><body><spreadsheet><t:table t:name="S">'
    '<t:table-row t:number-rows-repeated="1048576"><t:table-cell t:number-columns-repeated="16384"/></t:table-row>'
    "</t:table></spreadsheet></body></document-content>"
)


def lie_about_size() -> bytes:
    """Inflates to 257 MiB, and says 1,000 bytes in the directory of the package."""
    content = bytearray(make_raw_workbook(" " * 257 * MIB))
    entry = content.rfind(b"PK\x01\x02", 0, content.rfind(b"xl/sheet.xml"))
    content[entry + 24 : entry + 28] = (1_000).to_bytes(4, "little")
    return bytes(content)


def claim_sectors() -> bytes:
    """An .xls of 5 KiB that claims four billion sectors."""
    header = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    header[24:34] = b"\x3e\x00\x03\x00\xfe\xff\x09\x00\x06\x00"
    header[44:48] = header[72:76] = b"\xff" * 4
    return bytes(header) + bytes(4096)


STRING, ERROR, NUMBER = '<c t="s"><v>0</v></c>', '<c t="e"><v>#N/A</v></c>', "<c><v>1</v></c>"
BOMBS: dict[str, Callable[[], bytes]] = {
    "lies about its size": lie_about_size,
    "billions of strings": lambda: make_raw_workbook("", shared_strings=make_shared_strings("x", 2**32 - 1)),
    "one string 200,000 times": lambda: make_raw_workbook(
        f"<row>{STRING * 100}</row>" * 2_000, shared_strings=make_shared_strings("x" * 30_000)
    ),
    "a cell in the last corner": lambda: make_raw_workbook('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
    "three million cells": lambda: make_raw_workbook(f"<row>{NUMBER * 500}</row>" * 6_000),
    "200,000 errors": lambda: make_raw_workbook(f"<row>{ERROR * 50}</row>" * 4_000),
    "entities": lambda: make_raw_workbook(
        '<row><c r="A2" t="e"><v>&k;</v></c></row>', prolog=f"<!DOCTYPE x [{ENTITIES}]>"
    ),
    "many parts": lambda: make_package({f"{number}": "" for number in range(10_000)}),
    "repeated cells of .ods": lambda: make_package(
        {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": ODS_ROWS}
    ),
    "sectors of .xls": claim_sectors,
}
TOO_LARGE = ("lies about its size", "billions of strings", "many parts", "sectors of .xls")


@pytest.mark.parametrize("name", [name for name in BOMBS if name not in TOO_LARGE])
def test_hostile_workbook_is_read_or_rejected(name: str) -> None:
    with suppress(SheetError, MappingError):
        assert len(read_sheet(BOMBS[name]()).rows) <= MAX_ROWS


@pytest.mark.parametrize("name", TOO_LARGE)
def test_workbook_that_asks_for_too_much_memory_is_too_large(name: str) -> None:
    with pytest.raises(SheetError, match="too large to read"):
        read_sheet(BOMBS[name]())
