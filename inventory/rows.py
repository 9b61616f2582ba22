"""Parses one record of a file into values, errors and warnings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from inventory.availability import Availability, find_unmistakable, parse_availability
from inventory.cell_parser import ListingValues, parse_cell
from inventory.columns import FIELDS, REQUIRED, Column, ColumnMap, describe_field
from inventory.formula_escaping import is_blank
from inventory.headers import PRICE_FIELDS, find_field
from inventory.money import apply_currency, is_zero
from inventory.product_rows import ProductRows
from inventory.shop_headers import find_shop_field, is_discount
from inventory.text_fields import find_valid_photos
from spec.characters import replace_unprintable
from spec.document import limits

_MAX_SHOWN_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class RowError:
    """An error or a warning in a row, to show to the person who imports the file.

    `column` is the column's name, or "" for an error of the row as a whole. `value` is the cell, or the name of the
    watch: at most 200 characters, with U+FFFD for unprintable ones. `reason` says what is wrong, and what to do.
    """

    line: int
    column: str
    value: str
    reason: str


@dataclass(slots=True)
class SheetRow:
    """The row that starts on `line`. It can be imported if it has no errors.

    Warnings say what was read with a doubt, or not read.
    """

    line: int
    values: ListingValues = field(default_factory=ListingValues)
    errors: list[RowError] = field(default_factory=list)
    warnings: list[RowError] = field(default_factory=list)
    availability: Availability = Availability.FOR_SALE


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
        for name, column, cell in self._find_cells(row, cells):
            self._parse_cell_into(row, name, column, cell, cells)
        self._set_availability(row, cells)
        for other in product.others:
            self._set_availability(row, other.cells + [""] * (self._width - len(other.cells)))
        return row

    def _find_cells(self, row: SheetRow, cells: Sequence[str]) -> Iterator[tuple[str, Column | None, str]]:
        """Return each field with its cell, from its columns or from attributes."""
        attributes = self._read_attributes(cells)
        found: dict[str, tuple[Column | None, str]] = {}
        for name in dict.fromkeys((*self._columns.fields, *attributes, *REQUIRED)):
            column, cell = self._find_cell(row, name, cells)
            is_replaced = is_blank(cell.strip()) or (name == "model" and self._columns.is_model_in_title)
            found[name] = attributes[name] if is_replaced and name in attributes else (column, cell)
        if self._columns.is_model_in_title and "model" not in attributes:
            (_, brand), (column, title) = found["brand"], found["title"]
            found["model"] = column, _drop_brand(title, brand)
        return ((name, column, cell) for name, (column, cell) in found.items())

    def _find_cell(self, row: SheetRow, name: str, cells: Sequence[str]) -> tuple[Column | None, str]:
        """Find the first column with a value. All columns of photos count."""
        if name not in self._columns.fields:
            return None, ""
        columns = [self._columns.fields[name], *self._columns.fallbacks.get(name, ())]
        if name == "photos":
            filled_cells = filter(None, (cells[column.index].strip() for column in columns))
            return columns[0], " ".join(dict.fromkeys(filled_cells))
        filled = [column for column in columns if not is_blank(cells[column.index].strip())]
        if len(filled) > 1 and is_discount(filled[0].name):
            filled = self._drop_discount(row, filled, cells)
        column = filled[0] if filled else columns[0]
        return column, cells[column.index]

    def _drop_discount(self, row: SheetRow, filled: list[Column], cells: Sequence[str]) -> list[Column]:
        """Leave out a discount of zero, and one that is limited to some dates."""
        discount = cells[filled[0].index]
        if is_zero(discount):
            return filled[1:]
        if not any(cells[index].strip() for index in self._columns.discount_dates):
            return filled
        reason = f'This price has dates, so it was not read. The price is that of the column "{filled[1].name}".'
        row.warnings.append(row_error(row, filled[0], discount, reason))
        return filled[1:]

    def _read_attributes(self, cells: Sequence[str]) -> dict[str, tuple[Column, str]]:
        attributes: dict[str, tuple[Column, str]] = {}
        for name, value, index in self._columns.attributes.read(cells):
            ranked = find_shop_field(name)
            field_name = find_field(name) or (ranked[0] if ranked else None)
            if field_name and field_name in FIELDS:
                attributes.setdefault(field_name, (Column(name.strip()[:_MAX_SHOWN_CHARACTERS], index), value))
        return attributes

    def _parse_cell_into(
        self, row: SheetRow, name: str, column: Column | None, cell: str, cells: Sequence[str]
    ) -> None:
        try:
            unit = column.unit if column else None
            if name in PRICE_FIELDS and not is_blank(cell.strip()):
                cell, unit = self._apply_currency(name, cell, unit, cells)
            values = parse_cell(name, cell, unit, self._rates)
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
        for name, column in self._columns.availability:
            try:
                found.append(parse_availability(name, cells[column.index]))
            except ValueError as error:
                found.append(Availability.WITHHELD)
                row.warnings.append(row_error(row, column, cells[column.index], str(error)))
        row.availability = max(found)


def _drop_brand(title: str, brand: str) -> str:
    """Return the name of a product without its brand, as long as a model may be."""
    model = re.sub(rf"^\W*{re.escape(brand.strip())}\b[\s:,|–—-]*", "", title.strip(), flags=re.I) or title
    max_length = limits("Listing", "model").max_length
    return model if len(model) <= max_length else model[: max_length + 1].rpartition(" ")[0] or model[:max_length]


def row_error(row: SheetRow, column: Column | None, value: str, reason: str) -> RowError:
    shown_value = replace_unprintable(value.strip()[:_MAX_SHOWN_CHARACTERS])
    return RowError(row.line, column.name if column else "", shown_value, reason)


def _surplus_cells_message(cells: int, width: int) -> str:
    return (
        f"This row has {cells} cells, but the header has {width}. Put quotes around cells that contain the delimiter."
    )
