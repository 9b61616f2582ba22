"""Writes listings as CSV that imports back unchanged and contains no formula."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from inventory.fields import FIELDS
from inventory.formula_escaping import escape_formula
from inventory.headers import PRICE_FIELDS
from inventory.text_fields import split_complications

# The last two keep a sold or unpublished watch off sale when the file is imported again.
EXPORTED_FIELDS = (*(field for field in FIELDS if field != "box_and_papers"), "status", "published")

# Excel reads a file without it in the encoding of the country, and saves Glashütte as GlashÃ¼tte.
BYTE_ORDER_MARK = "\ufeff"


def is_export(header: Sequence[str]) -> bool:
    """Return True for the columns of an export, all of them in their order."""
    return tuple(header) == EXPORTED_FIELDS


def write_csv(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file (RFC 4180), header first.

    The rows have the keys of `ListingValues`, `status` and `published`. A missing key and None become an empty
    cell. Other keys are ignored.
    """
    yield csv.writer(_LineWriter()).writerow(EXPORTED_FIELDS)
    yield from write_rows(rows)


def write_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the lines of a CSV file without its header, as `write_csv`."""
    writer = csv.writer(_LineWriter())
    for row in rows:
        yield writer.writerow([_format_cell(field, row) for field in EXPORTED_FIELDS])


class _LineWriter:
    """A file whose `write` returns the line, which `writerow` passes on."""

    def write(self, line: str) -> str:
        return line


def _format_cell(field: str, row: Mapping[str, Any]) -> str:
    if field in PRICE_FIELDS:
        return _format_euros(row.get(field.replace("_eur", "_cents")))
    value = row.get(field)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return escape_formula(_join(field, value))
    return format(value, "f") if isinstance(value, Decimal) else escape_formula(str(value))


def _format_euros(cents: int | None) -> str:
    return "" if cents is None else f"{cents // 100}.{cents % 100:02}"


def _join(field: str, names: Sequence[str]) -> str:
    joined = "; ".join(names)
    # A single name with a slash or comma would be imported as two names. A semicolon at the end prevents that.
    is_reversible = field != "complications" or not names or split_complications(joined) == list(names)
    return joined if is_reversible else f"{joined};"
