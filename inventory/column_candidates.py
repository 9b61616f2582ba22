"""Finds the fields that columns spell. Ranks order the columns of one field."""

from collections.abc import Collection, Mapping, Sequence

from inventory.availability import find_availability_field
from inventory.column_map import Column, MappingError
from inventory.fields import COLUMN_FIELDS, FIELDS
from inventory.headers import AMBIGUOUS, PRICE_FIELDS, find_field, find_unit
from inventory.shop_headers import (
    drop_leading_word,
    find_currency_field,
    find_header_currency,
    find_rank,
    find_shop_field,
    strip_prefix,
)
from inventory.text_matching import fold

_MAX_HEADER_CHARACTERS = 200


def find_candidates(
    names: Sequence[str], labels: Sequence[str], overridden: Mapping[int, str]
) -> dict[str, list[tuple[int, Column]]]:
    """Find the columns of each field with their ranks, in the order of the file.

    `labels` are the names, made unique.
    """
    default_currency = find_header_currency(names)
    candidates: dict[str, list[tuple[int, Column]]] = {}
    for index, name in enumerate(names):
        chosen = overridden.get(index)
        field, rank = (chosen, 0) if chosen is not None else _find_ranked_field(name, overridden)
        if field:
            unit = _find_unit(strip_prefix(name), field)
            unit = unit or default_currency if field in PRICE_FIELDS else unit
            candidates.setdefault(field, []).append((rank, Column(labels[index], index, unit)))
    return candidates


def count_recognized(header: Sequence[str], names: Collection[str] = ()) -> int:
    """Count the fields that the cells spell, and the cells among `names`."""
    mapped = {fold(name) for name in names}
    cells = [cell for cell in header if 0 < len(cell) <= _MAX_HEADER_CHARACTERS]
    found = {_find_ranked_field(cell.strip(), {})[0] or cell for cell in cells}
    return len(found & set(COLUMN_FIELDS)) + sum(fold(cell) in mapped for cell in found - set(COLUMN_FIELDS))


def _find_ranked_field(name: str, overridden: Mapping[int, str]) -> tuple[str | None, int]:
    """Find the field of a column and its rank, unless an override has taken it."""
    bare = strip_prefix(name)
    found: tuple[str | None, int] = find_shop_field(name) or (
        find_field(bare) or find_field(drop_leading_word(bare)),
        find_rank(name),
    )
    if found[0] is None:
        found = find_currency_field(name) or find_availability_field(bare) or find_availability_field(name), 0
    is_taken = found[0] in FIELDS and found[0] in overridden.values()
    return (None, 0) if is_taken else found


def _find_unit(name: str, field: str) -> str | None:
    unit = find_unit(name, field)
    if unit == AMBIGUOUS:
        raise MappingError(
            f'The currency of the column "{name}" is ambiguous. Write its code in the header, such as "Price (JPY)".'
        )
    return unit
