"""Which column of a dealer's file holds which field of a listing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from inventory.headers import AMBIGUOUS, FIELD_SPELLINGS, find_field, find_unit
from inventory.text_matching import fold

# `box_and_papers` is a column that sets both has_box and has_papers.
FIELDS = tuple(dict.fromkeys(FIELD_SPELLINGS.values()))
REQUIRED = ("brand", "model", "asking_price_eur")


class MappingError(ValueError):
    """The columns of a file cannot be told apart or do not suffice; the message is one plain sentence."""


@dataclass(frozen=True, slots=True)
class Column:
    """`unit` is what the header says its bare numbers are in: a currency's code, or "bar", "ft", "days", …"""

    name: str
    index: int
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """The column of each field that has one, and the names of the columns that are not read."""

    fields: Mapping[str, Column]
    ignored: list[str]

    @property
    def currency(self) -> str | None:
        """The currency that the header of the price column names."""
        return self.fields["asking_price_eur"].unit


def map_columns(header: Sequence[str], overrides: Mapping[str, str]) -> ColumnMap:
    """Columns by the common spellings of their headers, and by `overrides` from a column's name to a field's.

    An override names the column exactly, else by its fold spelling; it takes the field away from any other
    column, and an empty field leaves the column out. Raises MappingError."""
    names = [name.strip() for name in header]
    _reject_duplicate_names(names)
    chosen = dict(_resolve_overrides(names, overrides))
    fields: dict[str, Column] = {}
    for index, name in enumerate(names):
        field = chosen[index] if index in chosen else _skip_overridden(find_field(name), chosen)
        if field:
            fields[field] = _reject_second_column(field, fields.get(field), Column(name, index, _unit(name, field)))
    _require_fields(fields)
    read = {column.index for column in fields.values()}
    return ColumnMap(fields, [name for index, name in enumerate(names) if name and index not in read])


def parse_override(option: str) -> tuple[str, str]:
    """The column and the field out of "column=field"; MappingError when there is no "=" in it."""
    column, equals, field = option.rpartition("=")
    if not equals or not column.strip():
        raise MappingError(f'"{option}" names no column and field: write it like "Strap=bracelet_material".')
    return column, field


def _resolve_overrides(names: Sequence[str], overrides: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    for name, field in overrides.items():
        yield _find_column(names, name.strip()), _find_override_field(field.strip())


def _find_column(names: Sequence[str], name: str) -> int:
    alike = [index for index, other in enumerate(names) if other == name] or [
        index for index, other in enumerate(names) if other and fold(other) == fold(name)
    ]
    if len(alike) == 1:
        return alike[0]
    if alike:
        raise MappingError(f'Several columns are spelled like "{name}": write one of them exactly.')
    raise MappingError(f'There is no column "{name}": the columns are {_quoted_list(filter(None, names))}.')


def _find_override_field(name: str) -> str:
    field = name if name in FIELDS or not name else FIELD_SPELLINGS.get(fold(name))
    if field is None:
        raise MappingError(f'There is no field "{name}": the fields are {", ".join(FIELDS)}.')
    return field


def _skip_overridden(field: str | None, chosen: Mapping[int, str]) -> str | None:
    return None if field in chosen.values() else field


def _unit(name: str, field: str) -> str | None:
    unit = find_unit(name, field)
    if unit == AMBIGUOUS:
        raise MappingError(f'The column "{name}" may be in several currencies: write the code, as in "Price (JPY)".')
    return unit


def _reject_second_column(field: str, first: Column | None, second: Column) -> Column:
    if first:
        raise MappingError(
            f'The columns "{first.name}" and "{second.name}" both hold {field}: '
            f'choose one of them with --map "{second.name}={field}".'
        )
    return second


def _reject_duplicate_names(names: Sequence[str]) -> None:
    for name in names:
        if name and names.count(name) > 1:
            raise MappingError(f'The column "{name}" occurs more than once: give each column a name of its own.')


def _require_fields(fields: Mapping[str, Column]) -> None:
    missing = [field for field in REQUIRED if field not in fields]
    if missing:
        raise MappingError(
            f"No column is recognised as {' or '.join(missing)}: name it with --map COLUMN={missing[0]}."
        )


def _quoted_list(names: Iterable[str]) -> str:
    return ", ".join(f'"{name[:40]}"' for name in list(names)[:40])
