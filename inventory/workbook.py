"""Reads a sheet of a workbook: .xlsx, .xls or .ods."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from inventory.column_candidates import count_recognized
from inventory.column_map import ColumnMap
from inventory.csv_reader import Record, SheetError
from inventory.header_line import MIN_RECOGNIZED, HeaderLine, find_header_record
from inventory.headers import PRICE_FIELDS
from inventory.workbook_cells import LongNumber, write_long_number
from inventory.workbook_process import open_workbook
from spec.characters import to_single_line

# The first bytes of ZIP, and of Compound File Binary.
_SIGNATURES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MAX_LISTED_NAMES = 10
_MAX_NAME_CHARACTERS = 255  # Excel allows 31
_MAX_SHOWN_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class WorkbookSheet:
    """The sheet that was read, and the names of all visible ones."""

    name: str
    names: tuple[str, ...]
    header: HeaderLine


def is_workbook(content: bytes) -> bool:
    """Return True for a workbook. The name of the file says little."""
    return content.startswith(_SIGNATURES)


def read_workbook(content: bytes, columns: Collection[str], sheet: str | None, max_rows: int) -> WorkbookSheet:
    """Read the named sheet, or the first one with the columns that an import needs.

    `columns` are the names that the user mapped. Without such a sheet, the one with the most recognized columns is
    read. The header has at most `max_rows` rows, and one more, below it. Raises SheetError.
    """
    if sheet is not None and not _is_possible_name(sheet):
        raise SheetError(f"The workbook has no sheet {_shorten(sheet)}.")
    with open_workbook(content, max_rows, sheet) as lines:
        names = tuple(next(lines)["sheets"])
        if sheet is not None and sheet not in names:
            raise SheetError(f"The workbook has no sheet {_shorten(sheet)}. Choose one of {_list_names(names)}.")
        best, best_count = None, -1
        for name, records in _split_sheets(lines):
            header = find_header_record(records, columns)
            recognized = count_recognized(header.cells, columns) if header else 0
            if header and recognized > best_count:
                best, best_count = WorkbookSheet(name, names, header), recognized
            if best_count >= MIN_RECOGNIZED:
                break
    if best is None:
        raise SheetError("The workbook is empty. The first row of a sheet must name the columns.")
    return best


def note_sheet(sheet: WorkbookSheet) -> list[str]:
    """Say which sheet was read, if there are several."""
    others = [name for name in sheet.names if name != sheet.name]
    return [f"The sheet {_shorten(sheet.name)} was read. Not read: {_list_names(others)}."] if others else []


def round_prices(records: Iterable[Record], columns: ColumnMap) -> list[Record]:
    """Round calculated prices to cents, as the spreadsheet shows them."""
    prices = [columns.fields[name] for name in PRICE_FIELDS if name in columns.fields]
    prices += [column for name in PRICE_FIELDS for column in columns.fallbacks.get(name, ())]
    return [_round_cells(record, {column.index for column in prices}) for record in records]


def _round_cells(record: Record, indexes: Collection[int]) -> Record:
    cells = [_round(cell) if index in indexes else cell for index, cell in enumerate(record.cells)]
    return Record(record.line, cells, record.error)


def _round(cell: str) -> str:
    return str(Decimal(cell).quantize(Decimal("0.01"), ROUND_HALF_UP)) if isinstance(cell, LongNumber) else cell


def _split_sheets(lines: Iterator[Any]) -> Iterator[tuple[str, list[Record]]]:
    name, records = "", list[Record]()
    for line in lines:
        if isinstance(line, Mapping):
            if name:
                yield name, records
            name, records = line["sheet"], []
        else:
            number, cells = line
            texts = [cell if isinstance(cell, str) else write_long_number(cell) for cell in cells]
            records.append(Record(number, texts))
    yield name, records


def _is_possible_name(name: str) -> bool:
    """Return False for a name that no argument of a program can be."""
    return len(name) <= _MAX_NAME_CHARACTERS and "\0" not in name and name == name.encode(errors="ignore").decode()


def _list_names(names: Sequence[str]) -> str:
    listed = ", ".join(map(_shorten, names[:_MAX_LISTED_NAMES]))
    return f"{listed}, …" if len(names) > _MAX_LISTED_NAMES else listed


def _shorten(name: str) -> str:
    return f'"{to_single_line(name)[:_MAX_SHOWN_CHARACTERS]}"'
