"""Overrides: the fields that the user chose for columns by their names."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from inventory.availability_words import AVAILABILITY_SPELLINGS
from inventory.column_map import MappingError
from inventory.fields import COLUMN_FIELDS
from inventory.headers import FIELD_SPELLINGS
from inventory.shop_headers import CURRENCY_SPELLINGS
from inventory.text_matching import fold

_SPELLINGS = {**CURRENCY_SPELLINGS, **AVAILABILITY_SPELLINGS, **FIELD_SPELLINGS}
_MAX_LISTED_NAMES = 40
_MAX_NAME_CHARACTERS = 40


def parse_override(option: str) -> tuple[str, str]:
    """Split "column=field" at its last equals sign.

    Raises MappingError if there is none.
    """
    column, equals, field = option.rpartition("=")
    if not equals or not column.strip():
        raise MappingError(f'"{option}" has no column and field. Write both, such as "Strap=bracelet_material".')
    return column, field


def resolve_overrides(names: Sequence[str], overrides: Mapping[str, str]) -> Iterator[tuple[int, str]]:
    """Yield the index of each chosen column with its field. Raises MappingError."""
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


def _quoted_list(names: Iterable[str]) -> str:
    return ", ".join(f'"{name[:_MAX_NAME_CHARACTERS]}"' for name in list(names)[:_MAX_LISTED_NAMES])
