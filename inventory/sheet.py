"""Reads a CSV file into rows of listing values, with the errors of each row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType

from inventory.cell_parser import ListingValues, parse_cell
from inventory.columns import REQUIRED, Column, ColumnMap, describe_field, map_columns
from inventory.csv_reader import Record, SheetError, decode, read_records
from inventory.money import NO_RATES
from spec.characters import find_control_character, normalize_text, replace_unprintable

MAX_ROWS = 20_000
MAX_COLUMNS = 500
_MAX_SHOWN_CHARACTERS = 200
_NO_OVERRIDES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class RowError:
    """An error in a row, to show to the person who imports the file.

    `column` is the column's name, or "" for an error of the row as a whole. `value` is the cell, or the name of the
    watch: at most 200 characters, with U+FFFD for unprintable ones. `reason` says what is wrong, and what to do.
    """

    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class SheetRow:
    """The row that starts on `line`. It can be imported if it has no errors."""

    line: int
    values: ListingValues = field(default_factory=ListingValues)
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The parsed file. `notes` are sentences to show about how it was read."""

    columns: ColumnMap
    rows: list[SheetRow]
    notes: list[str]

    @property
    def good(self) -> list[SheetRow]:
        """The rows without errors."""
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
    """Parse a CSV file. The rows are in the order of the file.

    `overrides` maps column names to fields, as in `columns.map_columns`; `rates` maps currency codes to the value of
    one unit in euros; `default_country` is the ISO 3166-1 alpha-2 code for rows without a country. Raises SheetError
    or MappingError if the file as a whole cannot be read.
    """
    text, note = decode(content)
    records = read_records(text)
    header = _read_header(records)
    columns = map_columns(header, overrides)
    rows = [_parse_row(record, len(header), columns, rates) for record in _limit_rows(records)]
    _reject_duplicate_skus(rows, columns)
    if default_country:
        for row in rows:
            row.values.setdefault("location_country", default_country)
    return Sheet(columns, rows, [note] if note else [])


def _read_header(records: Iterator[Record]) -> list[str]:
    header = next(records, None)
    if header is None:
        raise SheetError("The file is empty. Its first line must name the columns.")
    if header.error:
        raise SheetError(header.error)
    if len(header.cells) > MAX_COLUMNS:
        raise SheetError(f"The file has {len(header.cells):,} columns. Keep at most {MAX_COLUMNS}.")
    if any(map(find_control_character, header.cells)):
        raise SheetError("The first line is not text. Save the file as CSV (UTF-8).")
    return header.cells


def _limit_rows(records: Iterator[Record]) -> Iterator[Record]:
    for count, record in enumerate(records, start=1):
        if count > MAX_ROWS:
            raise SheetError(f"The file has more than {MAX_ROWS:,} rows. Split it.")
        yield record


def _parse_row(record: Record, width: int, columns: ColumnMap, rates: Mapping[str, Decimal]) -> SheetRow:
    row = SheetRow(record.line)
    surplus = [cell for cell in record.cells[width:] if cell.strip()]
    if record.error or surplus:
        reason = record.error or _surplus_cells_message(len(record.cells), width)
        row.errors.append(_row_error(row, None, ", ".join(surplus), reason))
        return row
    for name, column in columns.fields.items():
        cell = record.cells[column.index] if column.index < len(record.cells) else ""
        _parse_cell_into(row, name, column, cell, rates)
    return row


def _parse_cell_into(row: SheetRow, name: str, column: Column, cell: str, rates: Mapping[str, Decimal]) -> None:
    try:
        values = parse_cell(name, cell, column.unit, rates)
        if not values and name in REQUIRED:
            raise ValueError(f"The {describe_field(name)} is missing. Fill in this cell.")
        if any(row.values.get(key, value) != value for key, value in values.items()):
            raise ValueError("This contradicts another column of the row. Correct one of them.")
    except ValueError as error:
        row.errors.append(_row_error(row, column, cell, str(error)))
    else:
        row.values.update(values)


def _reject_duplicate_skus(rows: Sequence[SheetRow], columns: ColumnMap) -> None:
    first_lines: dict[str, int] = {}
    for row in rows:
        sku = row.values.get("sku")
        first_line = first_lines.setdefault(normalize_text(sku), row.line) if sku else row.line
        if sku and first_line != row.line:
            reason = f"Line {first_line} has the same SKU. Give each row its own SKU, or delete one of the rows."
            row.errors.append(_row_error(row, columns.fields["sku"], sku, reason))


def _surplus_cells_message(cells: int, width: int) -> str:
    return (
        f"This row has {cells} cells, but the header has {width}. Put quotes around cells that contain the delimiter."
    )


def _row_error(row: SheetRow, column: Column | None, value: str, reason: str) -> RowError:
    shown_value = replace_unprintable(value.strip()[:_MAX_SHOWN_CHARACTERS])
    return RowError(row.line, column.name if column else "", shown_value, reason)
