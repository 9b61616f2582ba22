"""Maps the columns of a file to the fields of a listing."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory.attributes import AttributeColumns, find_attribute_columns
from inventory.availability import find_availability_field
from inventory.availability_words import AVAILABILITY_FIELDS, AVAILABILITY_SPELLINGS
from inventory.headers import AMBIGUOUS, FIELD_SPELLINGS, PRICE_FIELDS, find_field, find_unit
from inventory.shop_headers import (
    CURRENCY_SPELLINGS,
    drop_leading_word,
    find_currency_field,
    find_header_currency,
    find_rank,
    find_shop_field,
    is_discount_date,
    is_product_name,
    is_vendor,
    strip_prefix,
)
from inventory.text_matching import fold

# `box_and_papers` is a column that sets both has_box and has_papers.
FIELDS = tuple(dict.fromkeys(FIELD_SPELLINGS.values()))
# Fields of a file: those of a listing, the currencies of its prices, and those that say whether it is for sale.
COLUMN_FIELDS = (*FIELDS, "currency", "cost_currency", *AVAILABILITY_FIELDS)
_SPELLINGS = {**CURRENCY_SPELLINGS, **AVAILABILITY_SPELLINGS, **FIELD_SPELLINGS}
REQUIRED = ("brand", "model", "asking_price_eur")
_MAX_LISTED_NAMES = 40
_MAX_NAME_CHARACTERS = 40
_MAX_HEADER_CHARACTERS = 200


class MappingError(ValueError):
    """The columns are ambiguous or incomplete. The message says why, and what to do."""


class ColumnChoiceError(MappingError):
    """Error for a field that no column, or more than one, matches.

    The message leaves it to the caller to say how to choose a column.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file.

    `unit` is the unit in the header, for numbers without one: a currency code for prices, otherwise such as "bar",
    "ft" or "days".
    """

    name: str
    index: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The column of each mapped field, and the names of the ignored columns.

    `fallbacks` are more columns of a field: for photos all count, for others the first one with a value.
    `availability` holds fields of AVAILABILITY_FIELDS with their columns: a field may have several, and the strictest
    decides. `currencies` are the currency columns by price field. `rejected` holds the indexes of the columns that the
    user wants to be ignored.
    """

    fields: Mapping[str, Column]
    ignored: list[str]
    fallbacks: Mapping[str, tuple[Column, ...]]
    availability: tuple[tuple[str, Column], ...]
    currencies: Mapping[str, Column]
    attributes: AttributeColumns
    discount_dates: tuple[int, ...]
    rejected: frozenset[int]

    @property
    def currency(self) -> str | None:
        """The currency code in the header of the price column."""
        return self.fields["asking_price_eur"].unit

    @property
    def is_model_in_title(self) -> bool:
        """True if there is no column for the model, so that the product's name has to do."""
        title, model = self.fields.get("title"), self.fields.get("model")
        return title is not None and title == model


def map_columns(header: Sequence[str], overrides: Mapping[str, str]) -> ColumnMap:
    """Map columns to fields by common spellings of their headers, and by overrides.

    `overrides` maps column names to fields. An override matches a column by its exact name, otherwise by its folded
    spelling. It takes precedence over any other column of that field; an empty field ignores the column. Raises
    MappingError.
    """
    names = [name.strip() for name in header]
    _reject_duplicate_names(names)
    overridden = dict(_resolve_overrides(names, overrides))
    candidates = _find_candidates(names, overridden)
    attributes = find_attribute_columns(["" if index in overridden else name for index, name in enumerate(names)])
    _use_product_columns(candidates, names, overridden)
    ordered = {field: _order(field, ranked) for field, ranked in candidates.items() if field in FIELDS}
    if not attributes:
        _require_fields(ordered)
    currencies = _find_currency_columns(candidates)
    availability = [(field, column) for field in AVAILABILITY_FIELDS for _, column in candidates.get(field, ())]
    dates = tuple(index for index, name in enumerate(names) if is_discount_date(name) and index not in overridden)
    mapped = {column.index for ranked in candidates.values() for _, column in ranked}.union(attributes.indexes, dates)
    return ColumnMap(
        fields={field: columns[0] for field, columns in ordered.items()},
        ignored=[name for index, name in enumerate(names) if name and index not in mapped],
        fallbacks={field: columns[1:] for field, columns in ordered.items()},
        availability=tuple(availability),
        currencies=currencies,
        attributes=attributes,
        discount_dates=dates,
        rejected=frozenset(index for index, field in overridden.items() if not field),
    )


def count_recognized(header: Sequence[str], names: Collection[str] = ()) -> int:
    """Count the fields that the cells spell, and the cells among `names`."""
    mapped = {fold(name) for name in names}
    cells = [cell for cell in header if 0 < len(cell) <= _MAX_HEADER_CHARACTERS]
    found = {_find_ranked_field(cell.strip(), {})[0] or cell for cell in cells}
    return len(found & set(COLUMN_FIELDS)) + sum(fold(cell) in mapped for cell in found - set(COLUMN_FIELDS))


def describe_field(field: str) -> str:
    """Name a field in a message.

    For example, `asking_price_eur` is "price" and `case_diameter_mm` is "case diameter".
    """
    return re.sub(r"^asking_|_(eur|mm|m|h)$", "", field).replace("_", " ")


def parse_override(option: str) -> tuple[str, str]:
    """Split "column=field" at its last equals sign.

    Raises MappingError if there is none.
    """
    column, equals, field = option.rpartition("=")
    if not equals or not column.strip():
        raise MappingError(f'"{option}" has no column and field. Write both, such as "Strap=bracelet_material".')
    return column, field


def _resolve_overrides(names: Sequence[str], overrides: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    for name, field in overrides.items():
        yield _find_column(names, name.strip()), _find_override_field(field.strip())


def _find_column(names: Sequence[str], name: str) -> int:
    matches = [index for index, other in enumerate(names) if other == name] or [
        index for index, other in enumerate(names) if other and fold(other) == fold(name)
    ]
    if len(matches) == 1:
        return matches[0]
    if matches:
        raise MappingError(f'"{name}" matches several columns. Write the exact name of one of them.')
    raise MappingError(f'There is no column "{name}". The columns are {_quoted_list(filter(None, names))}.')


def _find_override_field(name: str) -> str:
    field = name if name in COLUMN_FIELDS or not name else _SPELLINGS.get(fold(name))
    if field is None:
        raise MappingError(f'There is no field "{name}". The fields are {", ".join(COLUMN_FIELDS)}.')
    return field


def _find_candidates(names: Sequence[str], overridden: Mapping[int, str]) -> dict[str, list[tuple[int, Column]]]:
    """Find the columns of each field with their ranks, in the order of the file."""
    default_currency = find_header_currency(names)
    candidates: dict[str, list[tuple[int, Column]]] = {}
    for index, name in enumerate(names):
        chosen = overridden.get(index)
        field, rank = (chosen, 0) if chosen is not None else _find_ranked_field(name, overridden)
        if field:
            unit = _find_unit(strip_prefix(name), field)
            unit = unit or default_currency if field in PRICE_FIELDS else unit
            candidates.setdefault(field, []).append((rank, Column(name, index, unit)))
    return candidates


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


def _find_unit(name: str, field: str) -> str | None:
    unit = find_unit(name, field)
    if unit == AMBIGUOUS:
        raise MappingError(
            f'The currency of the column "{name}" is ambiguous. Write its code in the header, such as "Price (JPY)".'
        )
    return unit


def _reject_duplicate_names(names: Sequence[str]) -> None:
    for name in names:
        if name and names.count(name) > 1:
            raise MappingError(f'More than one column is named "{name}". Give each column a different name.')


def _require_fields(fields: Collection[str]) -> None:
    missing = [field for field in REQUIRED if field not in fields]
    if missing:
        raise ColumnChoiceError(f"No column is recognized as {' or '.join(map(describe_field, missing))}.", missing[0])


def _quoted_list(names: Iterable[str]) -> str:
    return ", ".join(f'"{name[:_MAX_NAME_CHARACTERS]}"' for name in list(names)[:_MAX_LISTED_NAMES])
