"""Reads a file of any format as a table: its header, and the rows below."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from inventory.csv_reader import MAX_FILE_BYTES, SheetError
from inventory.encodings import decode
from inventory.header_line import HeaderLine, find_header
from inventory.workbook import is_workbook, note_sheet, read_workbook

MAX_ROWS = 20_000
# Above the header may be titles.
_MAX_READ_ROWS = MAX_ROWS + 100
# Shops name such files .xls.
_MARKUP = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|table|meta|\?xml|workbook)\b", re.I)


@dataclass(frozen=True, slots=True)
class Table:
    """The header with the rows below it.

    `notes` are sentences about how the file was read. A workbook has `sheet_names` and no `encoding`.
    """

    header: HeaderLine
    notes: list[str]
    encoding: str = ""
    sheet_name: str = ""
    sheet_names: tuple[str, ...] = ()

    @property
    def is_workbook(self) -> bool:
        return bool(self.sheet_name)


def read_table(
    content: bytes, columns: Collection[str] = (), *, encoding: str | None = None, sheet: str | None = None
) -> Table:
    """Read a CSV file in the encoding, or a sheet of a workbook.

    `columns` are the names that the user mapped. `encoding` and `sheet` are None to detect them. Raises SheetError.
    """
    if len(content) > MAX_FILE_BYTES:
        raise SheetError("The file is larger than 16 MiB. Split it.")
    table = _read_workbook(content, columns, sheet) if is_workbook(content) else _read_text(content, columns, encoding)
    if sheet and not table.is_workbook:
        raise SheetError("The file is no workbook, so it has no sheets. Leave out the sheet.")
    if table.header.titles:
        table.notes.append(f"{table.header.quote()} The lines above it were not read.")
    return table


def _read_workbook(content: bytes, columns: Collection[str], sheet: str | None) -> Table:
    found = read_workbook(content, columns, sheet, _MAX_READ_ROWS)
    return Table(found.header, note_sheet(found), sheet_name=found.name, sheet_names=found.names)


def _read_text(content: bytes, columns: Collection[str], encoding: str | None) -> Table:
    if _MARKUP.match(content):
        raise SheetError(
            "The file is a web page (HTML) or XML, whatever its name ends with. Open it in a spreadsheet, and save it "
            "as .xlsx or CSV (UTF-8)."
        )
    text, encoding_name, is_detected = decode(content, encoding)
    notes = []
    if is_detected:
        notes.append(f"The file is not valid UTF-8 and was read as {encoding_name}. Check the accented letters.")
    return Table(find_header(text, columns), notes, encoding=encoding_name)
