"""Parses one record of a file into values, errors and warnings."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

from inventory.availability import Availability, parse_availability
from inventory.availability_marks import find_mark_in_name, find_unmistakable
from inventory.cell_parser import ListingValues, parse_cell
from inventory.column_map import Column, ColumnMap
from inventory.fields import REQUIRED, describe_field
from inventory.formula_escaping import is_blank
from inventory.headers import PRICE_FIELDS
from inventory.money import apply_currency
from inventory.product_rows import ProductRows
from inventory.row_cells import CellFinder
from inventory.sheet_row import RowError, SheetRow, row_error
from inventory.text_fields import find_valid_photos


class RowParser:
    """Parses the records of one file."""

    def __init__(
        self,
        columns: ColumnMap,
        width: int,
        rates: Mapping[str, Decimal],
        *,
        has_currencies: bool,
        strict: bool = False,
    ) -> None:
        """With `has_currencies`, each price needs a cell in its currency column.

        With `strict`, a cell that cannot be read is an error of its row. Otherwise an optional one is a warning.
        """
        self._columns, self._width, self._rates = columns, width, rates
        self._cells = CellFinder(columns)
        self._has_currencies, self._strict = has_currencies, strict
        self._availability_indexes = {column.index for _, column in columns.availability} | columns.rejected

    def parse(self, product: ProductRows) -> SheetRow:
        record = product.record
        row = SheetRow(record.line)
        surplus = [cell for cell in record.cells[self._width :] if cell.strip()]
        if record.error or surplus:
            reason = record.error or _surplus_cells_message(len(record.cells), self._width)
            row.errors.append(row_error(row, None, ", ".join(surplus), reason))
            return row
        cells = record.cells + [""] * (self._width - len(record.cells))
        for name, column, cell in self._cells.find(row, cells):
            self._parse_cell_into(row, name, column, cell, cells)
        self._set_availability(row, cells)
        for other in product.others:
            self._set_availability(row, other.cells + [""] * (self._width - len(other.cells)))
        return row

    def _parse_cell_into(
        self, row: SheetRow, name: str, column: Column | None, cell: str, cells: Sequence[str]
    ) -> None:
        try:
            unit = column.unit if column else None
            if name in PRICE_FIELDS and not is_blank(cell.strip()):
                cell, unit = self._apply_currency(name, cell, unit, cells)
            values = parse_cell(name, cell, unit, self._rates, is_exported=self._columns.is_export)
            if not values and name in REQUIRED:
                raise ValueError(f"The {describe_field(name)} is missing. Fill in this cell.")
            if contradicted := [key for key, value in values.items() if row.values.get(key, value) != value]:
                self._drop_values(row, contradicted)
                raise ValueError("This contradicts another column of the row. Correct one of them.")
        except ValueError as error:
            self._add_problem(row, name, row_error(row, column, cell, str(error)))
            if name == "photos" and not self._strict and (photos := find_valid_photos(cell)):
                row.values["photos"] = photos
        else:
            row.values.update(values)

    def _add_problem(self, row: SheetRow, name: str, problem: RowError) -> None:
        """Add an error for a needed cell: a row without SKU creates a second watch."""
        is_error = self._strict or name in REQUIRED or name == "sku"
        (row.errors if is_error else row.warnings).append(problem)

    def _drop_values(self, row: SheetRow, keys: Sequence[str]) -> None:
        """Keep neither of two values that contradict each other."""
        if not self._strict:
            kept = {key: value for key, value in row.values.items() if key not in keys}
            row.values = cast("ListingValues", kept)

    def _apply_currency(self, name: str, cell: str, unit: str | None, cells: Sequence[str]) -> tuple[str, str | None]:
        column = self._columns.currencies.get(name)
        if column is None or not self._has_currencies:
            return cell, unit
        return apply_currency(cell, unit, cells[column.index])

    def _set_availability(self, row: SheetRow, cells: Sequence[str]) -> None:
        """Let the strictest column decide, also any other one that says "Sold"."""
        others = (cell for index, cell in enumerate(cells) if cell and index not in self._availability_indexes)
        found = [row.availability, *(parsed for cell in others if (parsed := find_unmistakable(cell)))]
        names = [] if self._columns.is_export else [row.values.get("title", ""), row.values.get("model", "")]
        found += [parsed for name in names if (parsed := find_mark_in_name(name))]
        for name, column in self._columns.availability:
            try:
                found.append(parse_availability(name, cells[column.index]))
            except ValueError as error:
                found.append(Availability.WITHHELD)
                row.warnings.append(row_error(row, column, cells[column.index], str(error)))
        row.availability = max(found)


def _surplus_cells_message(cells: int, width: int) -> str:
    return (
        f"This row has {cells} cells, but the header has {width}. Put quotes around cells that contain the delimiter."
    )
