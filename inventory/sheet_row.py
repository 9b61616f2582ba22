"""A row of a file: its values, errors and warnings."""

from dataclasses import dataclass, field

from inventory.availability import Availability
from inventory.cell_parser import ListingValues
from inventory.column_map import Column
from spec.characters import replace_unprintable

MAX_SHOWN_CHARACTERS = 200


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


def row_error(row: SheetRow, column: Column | None, value: str, reason: str) -> RowError:
    shown_value = replace_unprintable(value.strip()[:MAX_SHOWN_CHARACTERS])
    return RowError(row.line, column.name if column else "", shown_value, reason)
