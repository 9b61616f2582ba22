"""Finds the cell of each field in a record, in its columns or among attributes."""

import re
from collections.abc import Iterator, Sequence

from inventory.column_map import Column, ColumnMap
from inventory.fields import FIELDS, REQUIRED
from inventory.formula_escaping import is_blank
from inventory.headers import find_field
from inventory.money import is_zero
from inventory.sheet_row import MAX_SHOWN_CHARACTERS, SheetRow, row_error
from inventory.shop_headers import find_shop_field, is_discount
from spec.document import limits


class CellFinder:
    """Finds the cells of one file. A discount that it leaves out is a warning."""

    def __init__(self, columns: ColumnMap) -> None:
        self._columns = columns

    def find(self, row: SheetRow, cells: Sequence[str]) -> Iterator[tuple[str, Column | None, str]]:
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
        """Leave out a discount of zero, and one that another column limits."""
        discount = cells[filled[0].index]
        if is_zero(discount):
            return filled[1:]
        if not any(cells[index].strip() for index in self._columns.discount_dates):
            return filled
        reason = (
            f'Another column limits this price, so it was not read. The price is that of the column "{filled[1].name}".'
        )
        row.warnings.append(row_error(row, filled[0], discount, reason))
        return filled[1:]

    def _read_attributes(self, cells: Sequence[str]) -> dict[str, tuple[Column, str]]:
        attributes: dict[str, tuple[Column, str]] = {}
        for name, value, index in self._columns.attributes.read(cells):
            if field_name := find_attribute_field(name):
                attributes.setdefault(field_name, (Column(name.strip()[:MAX_SHOWN_CHARACTERS], index), value))
        return attributes


def find_attribute_field(name: str) -> str | None:
    """Find the field that the name of an attribute spells."""
    ranked = find_shop_field(name)
    field_name = find_field(name) or (ranked[0] if ranked else None)
    return field_name if field_name in FIELDS else None


def _drop_brand(title: str, brand: str) -> str:
    """Return the name of a product without its brand, as long as a model may be."""
    model = re.sub(rf"^\W*{re.escape(brand.strip())}\b[\s:,|–—-]*", "", title.strip(), flags=re.I) or title
    max_length = limits("Listing", "model").max_length
    return model if len(model) <= max_length else model[: max_length + 1].rpartition(" ")[0] or model[:max_length]
