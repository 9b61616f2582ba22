"""Maps the columns of a file to the fields of a listing."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from inventory.attributes import find_attribute_columns
from inventory.availability_words import AVAILABILITY_FIELDS
from inventory.column_candidates import find_candidates
from inventory.column_map import Column, ColumnChoiceError, ColumnMap
from inventory.column_overrides import resolve_overrides
from inventory.duplicate_names import group_duplicates, number_duplicates
from inventory.export import is_export
from inventory.fields import FIELDS, REQUIRED, describe_field
from inventory.shop_headers import is_discount_date, is_product_name, is_vendor


def map_columns(header: Sequence[str], overrides: Mapping[str, str]) -> ColumnMap:
    """Map columns to fields by common spellings of their headers, and by overrides.

    `overrides` maps column names to fields. An override matches a column by its exact name, otherwise by its folded
    spelling. It takes precedence over any other column of that field; an empty field ignores the column. Raises
    MappingError.
    """
    names, labels = [name.strip() for name in header], number_duplicates(header)
    overridden = dict(resolve_overrides(labels, overrides))
    candidates = find_candidates(names, labels, overridden)
    attributes = find_attribute_columns(["" if index in overridden else name for index, name in enumerate(names)])
    _use_product_columns(candidates, names, overridden)
    ordered = {field: _order(field, ranked) for field, ranked in candidates.items() if field in FIELDS}
    if not attributes:
        _require_fields(ordered)
    currencies = _find_currency_columns(candidates)
    availability = [(field, column) for field in AVAILABILITY_FIELDS for _, column in candidates.get(field, ())]
    dates = tuple(index for index, name in enumerate(names) if is_discount_date(name) and index not in overridden)
    columns = ColumnMap(
        fields={field: columns[0] for field, columns in ordered.items()},
        ignored=[],
        fallbacks={field: columns[1:] for field, columns in ordered.items()},
        availability=tuple(availability),
        currencies=currencies,
        attributes=attributes,
        discount_dates=dates,
        rejected=frozenset(index for index, field in overridden.items() if not field),
        is_export=is_export(names),
    )
    _reject_duplicates(columns, names, labels, overridden)
    read = columns.read_indexes
    return replace(columns, ignored=[label for index, label in enumerate(labels) if label and index not in read])


def _use_product_columns(
    candidates: dict[str, list[tuple[int, Column]]], names: Sequence[str], overridden: Mapping[int, str]
) -> None:
    """Take the brand from a vendor and the model from a title if they are missing."""
    vendors = [column for _, column in candidates.get("supplier", ()) if is_vendor(column.name)]
    if "brand" not in candidates and vendors and vendors[0].index not in overridden:
        candidates["brand"] = [(0, vendors[0])]
        del candidates["supplier"]
    if "model" in candidates:
        return
    named = [Column(name, index) for index, name in enumerate(names) if is_product_name(name)]
    if "title" not in candidates and named and named[0].index not in overridden:
        candidates["title"] = [(0, named[0])]
    if "title" in candidates:
        candidates["model"] = [_first(candidates["title"])]


def _find_currency_columns(candidates: Mapping[str, Sequence[tuple[int, Column]]]) -> dict[str, Column]:
    currencies = {}
    for field, names in (("asking_price_eur", ("currency",)), ("cost_price_eur", ("cost_currency", "currency"))):
        found = [column for name in names for _, column in candidates.get(name, ())]
        if found:
            currencies[field] = found[0]
    return currencies


def _first(ranked: Sequence[tuple[int, Column]]) -> tuple[int, Column]:
    return min(ranked, key=lambda candidate: candidate[0])


def _order(field: str, ranked: Sequence[tuple[int, Column]]) -> tuple[Column, ...]:
    """Sort by rank. Raises ColumnChoiceError if two columns share the best one."""
    ordered = sorted(ranked, key=lambda candidate: candidate[0])
    best = [column for rank, column in ordered if rank == ordered[0][0]]
    if len(best) > 1 and field != "photos":
        raise ColumnChoiceError(
            f'The columns "{best[0].name}" and "{best[1].name}" both match {describe_field(field)}.', field
        )
    return tuple(column for _, column in ordered)


def _reject_duplicates(
    columns: ColumnMap, names: Sequence[str], labels: Sequence[str], overridden: Mapping[int, str]
) -> None:
    """Raise ColumnChoiceError if a column that is read has the name of another."""
    single = columns.read_indexes - columns.shared_indexes
    for group in group_duplicates(names):
        free = [index for index in group if index not in overridden]
        is_chosen = any(overridden.get(index) for index in group)
        if single.intersection(free) and len(free) > 1 and not is_chosen:
            first, second = (f'"{labels[index]}"' for index in free[:2])
            message = f"The columns {first} and {second} have the same name, but different cells."
            raise ColumnChoiceError(message, next(filter(None, map(columns.find_field, free)), ""))


def _require_fields(fields: Collection[str]) -> None:
    missing = [field for field in REQUIRED if field not in fields]
    if missing:
        raise ColumnChoiceError(f"No column is recognized as {' or '.join(map(describe_field, missing))}.", missing[0])
