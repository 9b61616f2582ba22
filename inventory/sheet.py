"""Reads a file into rows of listing values, with the errors of each row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from inventory.availability import Availability
from inventory.column_map import ColumnChoiceError, ColumnMap, MappingError
from inventory.columns import map_columns
from inventory.csv_reader import Record, SheetError
from inventory.duplicate_names import find_copies
from inventory.header_line import HeaderLine
from inventory.identifiers import to_compared_sku
from inventory.money import NO_RATES
from inventory.product_rows import join_rows
from inventory.rows import RowParser
from inventory.sheet_row import RowError, SheetRow, row_error
from inventory.table import MAX_ROWS, read_table
from inventory.title_currency import apply_title_currency
from inventory.unread_columns import complete_columns
from inventory.workbook import round_prices

_NO_OVERRIDES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sheet:
    """The parsed file. `notes` are sentences to show about how it was read.

    A workbook has a `sheet_name` and no `encoding`.
    """

    columns: ColumnMap
    rows: list[SheetRow]
    notes: list[str]
    encoding: str
    sheet_name: str

    @property
    def good(self) -> list[SheetRow]:
        """The rows without errors."""
        return [row for row in self.rows if not row.errors]

    @property
    def errors(self) -> list[RowError]:
        return [error for row in self.rows for error in row.errors]

    @property
    def warnings(self) -> list[RowError]:
        return [warning for row in self.rows for warning in row.warnings]

    @property
    def not_for_sale(self) -> list[SheetRow]:
        """The rows without errors that are never published, such as sold ones."""
        return [row for row in self.good if row.availability != Availability.FOR_SALE]


def read_sheet(
    content: bytes,
    *,
    overrides: Mapping[str, str] = _NO_OVERRIDES,
    rates: Mapping[str, Decimal] = NO_RATES,
    default_country: str | None = None,
    encoding: str | None = None,
    sheet: str | None = None,
    strict: bool = False,
) -> Sheet:
    """Parse a CSV file or a sheet of a workbook. The rows are in file order.

    `overrides` maps column names to fields, as in `columns.map_columns`; `rates` maps currency codes to the value of
    one unit in euros; `default_country` is the ISO 3166-1 alpha-2 code for rows without a country; `encoding` is a key
    of `encodings.ENCODINGS`, and `sheet` the name of a sheet, or None to detect them. With `strict`, an optional cell
    that cannot be read costs its row, otherwise only its value. Raises SheetError or MappingError if the file as a
    whole cannot be read.
    """
    table = read_table(content, overrides, encoding=encoding, sheet=sheet)
    header = table.header
    body = list(_limit_rows(header.body))
    columns = _map_columns(header, body, overrides)
    columns, notes = complete_columns(columns, header.names, body)
    if table.is_workbook:
        body = round_prices(body, columns)
    has_currencies = _has_currencies(columns, body)
    columns, title_notes = apply_title_currency(columns, header, body, has_currencies=has_currencies)
    parser = RowParser(columns, len(header.cells), rates, has_currencies=has_currencies, strict=strict)
    rows = [parser.parse(product) for product in join_rows(body, header.cells, columns)]
    _reject_duplicate_skus(rows, columns)
    _warn_of_lost_zeros(rows, columns)
    if default_country:
        for row in rows:
            row.values.setdefault("location_country", default_country)
    return Sheet(columns, rows, [*table.notes, *title_notes, *notes], table.encoding, table.sheet_name)


def _map_columns(header: HeaderLine, body: Sequence[Record], overrides: Mapping[str, str]) -> ColumnMap:
    copies = {header.names[index]: "" for index in find_copies(header.cells, body)}
    try:
        return map_columns(header.cells, {**copies, **overrides})
    except ColumnChoiceError as error:
        raise ColumnChoiceError(f"{error} {header.quote()}", error.field) from None
    except MappingError as error:
        raise MappingError(f"{error} {header.quote()}") from None


def _limit_rows(records: Iterator[Record]) -> Iterator[Record]:
    for count, record in enumerate(records, start=1):
        if count > MAX_ROWS:
            raise SheetError(f"The file has more than {MAX_ROWS:,} rows. Split it.")
        yield record


def _has_currencies(columns: ColumnMap, records: Sequence[Record]) -> bool:
    indexes = [column.index for column in columns.currencies.values()]
    return any(index < len(record.cells) and record.cells[index].strip() for record in records for index in indexes)


def _warn_of_lost_zeros(rows: Sequence[SheetRow], columns: ColumnMap) -> None:
    """Warn of SKUs such as 42 and 0042: spreadsheets drop zeros at the start."""
    firsts: dict[str, SheetRow] = {}
    for row in rows:
        sku = row.values.get("sku", "")
        first = firsts.setdefault(sku.lstrip("0"), row) if sku.isdecimal() else row
        if first.values.get("sku") != row.values.get("sku"):
            same = f'Line {first.line} has the SKU "{first.values["sku"]}".'
            reason = f"{same} If both are one watch, delete one of the rows."
            row.warnings.append(row_error(row, columns.fields["sku"], sku, reason))


def _reject_duplicate_skus(rows: Sequence[SheetRow], columns: ColumnMap) -> None:
    first_lines: dict[str, int] = {}
    for row in rows:
        sku = row.values.get("sku")
        first_line = first_lines.setdefault(to_compared_sku(sku), row.line) if sku else row.line
        if sku and first_line != row.line:
            reason = f"Line {first_line} has the same SKU. Give each row its own SKU, or delete one of the rows."
            row.errors.append(row_error(row, columns.fields["sku"], sku, reason))
