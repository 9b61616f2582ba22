"""Maps the columns of a file to the fields of a listing."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory.headers import AMBIGUOUS, FIELD_SPELLINGS, find_field, find_unit
from inventory.text_matching import fold

# `box_and_papers` is a column that sets both has_box and has_papers.
FIELDS = tuple(dict.fromkeys(FIELD_SPELLINGS.values()))
REQUIRED = ("brand", "model", "asking_price_eur")
_MAX_LISTED_NAMES = 40
_MAX_NAME_CHARACTERS = 40


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
    """The column of each mapped field, and the names of the ignored columns."""

    fields: Mapping[str, Column]
    ignored: list[str]

    @property
    def currency(self) -> str | None:
        """The currency code in the header of the price column."""
        return self.fields["asking_price_eur"].unit


def map_columns(header: Sequence[str], overrides: Mapping[str, str]) -> ColumnMap:
    """Map columns to fields by common spellings of their headers, and by overrides.

    `overrides` maps column names to fields. An override matches a column by its exact name, otherwise by its folded
    spelling. It takes precedence over any other column of that field; an empty field ignores the column. Raises
    MappingError.
    """
    names = [name.strip() for name in header]
    _reject_duplicate_names(names)
    overridden = dict(_resolve_overrides(names, overrides))
    fields: dict[str, Column] = {}
    for index, name in enumerate(names):
        field = overridden[index] if index in overridden else _find_free_field(name, overridden)
        if field:
            _reject_second_column(field, fields.get(field), name)
            fields[field] = Column(name, index, _find_unit(name, field))
    _require_fields(fields)
    mapped = {column.index for column in fields.values()}
    return ColumnMap(fields, [name for index, name in enumerate(names) if name and index not in mapped])


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
    field = name if name in FIELDS or not name else FIELD_SPELLINGS.get(fold(name))
    if field is None:
        raise MappingError(f'There is no field "{name}". The fields are {", ".join(FIELDS)}.')
    return field


def _find_free_field(name: str, overridden: Mapping[int, str]) -> str | None:
    field = find_field(name)
    return None if field in overridden.values() else field


def _find_unit(name: str, field: str) -> str | None:
    unit = find_unit(name, field)
    if unit == AMBIGUOUS:
        raise MappingError(
            f'The currency of the column "{name}" is ambiguous. Write its code in the header, such as "Price (JPY)".'
        )
    return unit


def _reject_second_column(field: str, first: Column | None, name: str) -> None:
    if first:
        raise ColumnChoiceError(f'The columns "{first.name}" and "{name}" both match {describe_field(field)}.', field)


def _reject_duplicate_names(names: Sequence[str]) -> None:
    for name in names:
        if name and names.count(name) > 1:
            raise MappingError(f'More than one column is named "{name}". Give each column a different name.')


def _require_fields(fields: Mapping[str, Column]) -> None:
    missing = [field for field in REQUIRED if field not in fields]
    if missing:
        raise ColumnChoiceError(f"No column is recognized as {' or '.join(map(describe_field, missing))}.", missing[0])


def _quoted_list(names: Iterable[str]) -> str:
    return ", ".join(f'"{name[:_MAX_NAME_CHARACTERS]}"' for name in list(names)[:_MAX_LISTED_NAMES])
