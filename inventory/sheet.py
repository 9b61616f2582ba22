"""A dealer's CSV file as rows of listing values, and whatever is wrong with each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from inventory.columns import REQUIRED, Column, ColumnMap, map_columns
from inventory.csv_reader import Record, SheetError, decode, read_records
from inventory.money import NO_RATES
from inventory.values import ListingValues, parse_cell
from spec.characters import find_control_character, replace_unprintable

MOST_ROWS = 20_000
MOST_COLUMNS = 500
_LONGEST_SHOWN = 200
_NO_OVERRIDES: Mapping[str, str] = MappingProxyType({})
_REQUIRED_WORDS = {"brand": "brand", "model": "model", "asking_price_eur": "price"}


@dataclass(frozen=True, slots=True)
class RowError:
    """`column` is its name in the file, empty when the row as a whole is wrong; `value` the cell, or the watch that
    was refused, at most 200 characters of it, with U+FFFD for what a terminal would obey."""

    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class SheetRow:
    """The row that starts on `line`; to be imported only when it has no errors."""

    line: int
    values: ListingValues = field(default_factory=ListingValues)
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    """`notes` are sentences on how the file was read, for the person who imports it."""

    columns: ColumnMap
    rows: list[SheetRow]
    notes: list[str]

    @property
    def good(self) -> list[SheetRow]:
        return [row for row in self.rows if not row.errors]

    @property
    def errors(self) -> list[RowError]:
        return [error for row in self.rows for error in row.errors]


def read_sheet(
    content: bytes,
    *,
    overrides: Mapping[str, str] = _NO_OVERRIDES,
    rates: Mapping[str, Decimal] = NO_RATES,
    default_country: str | None = None,
) -> Sheet:
    """The rows of a CSV file, in the order of its lines.

    `overrides` maps columns to fields, `rates` a currency to its worth in euro; `default_country` is the code
    for rows that name none. Raises SheetError or MappingError when the file as a whole is unreadable."""
    text, note = decode(content)
    records = read_records(text)
    header = _header(records)
    columns = map_columns(header, overrides)
    rows = [_row(record, len(header), columns, rates) for record in _limited(records)]
    _refuse_repeated_skus(rows, columns)
    if default_country:
        for row in rows:
            row.values.setdefault("location_country", default_country)
    return Sheet(columns, rows, [note] if note else [])


def _header(records: Iterator[Record]) -> list[str]:
    header = next(records, None)
    if header is None:
        raise SheetError("The file is empty: its first line must name the columns.")
    if header.fault:
        raise SheetError(header.fault)
    if len(header.cells) > MOST_COLUMNS:
        raise SheetError(f"The file has {len(header.cells)} columns: leave at most {MOST_COLUMNS}.")
    if any(map(find_control_character, header.cells)):
        raise SheetError("The first line is not text: save the file as CSV (UTF-8).")
    return header.cells


def _limited(records: Iterator[Record]) -> Iterator[Record]:
    for count, record in enumerate(records, start=1):
        if count > MOST_ROWS:
            raise SheetError(f"The file has more than {MOST_ROWS} rows: split it.")
        yield record


def _row(record: Record, width: int, columns: ColumnMap, rates: Mapping[str, Decimal]) -> SheetRow:
    row = SheetRow(record.line)
    surplus = [cell for cell in record.cells[width:] if cell.strip()]
    if record.fault or surplus:
        reason = record.fault or _too_many(len(record.cells), width)
        row.errors.append(_error(row, None, ", ".join(surplus), reason))
        return row
    for name, column in columns.fields.items():
        cell = record.cells[column.index] if column.index < len(record.cells) else ""
        _read_cell(row, name, column, cell, rates)
    return row


def _read_cell(row: SheetRow, name: str, column: Column, cell: str, rates: Mapping[str, Decimal]) -> None:
    try:
        parsed = parse_cell(name, cell, column.unit, rates)
        if not parsed and name in REQUIRED:
            raise ValueError(f"Every listing needs a {_REQUIRED_WORDS[name]}: fill in this cell.")
        if any(row.values.get(key, value) != value for key, value in parsed.items()):
            raise ValueError("This contradicts another column of the row: correct one of them.")
    except ValueError as error:
        row.errors.append(_error(row, column, cell, str(error)))
    else:
        row.values.update(parsed)


def _refuse_repeated_skus(rows: Sequence[SheetRow], columns: ColumnMap) -> None:
    first_lines: dict[str, int] = {}
    for row in rows:
        sku = row.values.get("sku")
        first = first_lines.setdefault(sku, row.line) if sku else row.line
        if sku and first != row.line:
            reason = f"Line {first} has the same sku: give each row its own, or delete one of them."
            row.errors.append(_error(row, columns.fields["sku"], sku, reason))


def _too_many(cells: int, width: int) -> str:
    return f"This row has {cells} cells and the header {width}: put quotes around cells that hold the delimiter."


def _error(row: SheetRow, column: Column | None, value: str, reason: str) -> RowError:
    shown = replace_unprintable(value.strip()[:_LONGEST_SHOWN])
    return RowError(row.line, column.name if column else "", shown, reason)
