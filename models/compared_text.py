"""Compared columns: copies of text in the form that filters and searches compare.

Python computes them whenever a row is written, and looks up values in the same form. The database compares only bytes,
so that its collation and locale never decide which rows a filter finds.
"""

from collections.abc import Callable, Mapping, Set
from functools import lru_cache
from typing import Any

import peewee

import config
from spec.characters import fold_text

# The same function under two names: the position of a text in another one, 0 if it is not there.
_find_position = peewee.fn.INSTR if config.is_sqlite() else peewee.fn.STRPOS


class CopiedText(peewee.TextField):
    """A copy of one column, converted for equality.

    It is None in rows that the previous release has written, until `models.backfill` runs.
    """

    def __init__(self, source: str, convert: Callable[[str], str]) -> None:
        super().__init__(null=True)
        self.source, self.convert = source, convert
        self.sources = frozenset([source])

    def copy_from(self, values: Mapping[str, Any]) -> str | None:
        """Return the copy for the values of a row."""
        text = values.get(self.source)
        return None if text is None else self.convert(text)


class SearchText(peewee.TextField):
    """A copy of several columns for searches, folded, one line each.

    The columns of a tuple share a line. Each line begins and ends with a line break, so that a search can ask for a
    whole line.
    """

    def __init__(self, *sources: str | tuple[str, ...]) -> None:
        super().__init__(null=True)
        self.lines = [(source,) if isinstance(source, str) else source for source in sources]
        self.sources = frozenset(name for names in self.lines for name in names)

    def copy_from(self, values: Mapping[str, Any]) -> str:
        """Return the copy for the values of a row."""
        texts = (" ".join(text for name in names if (text := values.get(name))) for names in self.lines)
        return "".join(("\n", *(f"{fold_text(text)}\n" for text in texts if text)))


ComparedText = CopiedText | SearchText


def contains_text(column: SearchText, text: str) -> Any:
    """Match rows whose search text contains the text, in any case."""
    return contains_exactly(column, fold_text(text))


def has_line(column: SearchText, text: str) -> Any:
    """Match rows of which one searched column equals the text, in any case."""
    return contains_exactly(column, f"\n{fold_text(text)}\n")


def contains_exactly(column: Any, text: str) -> Any:
    """Match rows whose column contains the same characters; LIKE folds some."""
    return _find_position(column, text) > 0


def update_compared_text(row: peewee.Model, changed: Set[str] | None = None) -> None:
    """Compute the compared columns of a row again.

    With the names of `changed` columns, only the copies of those.
    """
    for column in _list_compared_columns(type(row)):
        if changed is not None and column.sources.isdisjoint(changed):
            continue
        text = column.copy_from(row.__data__)
        if row.__data__.get(column.name) != text:
            setattr(row, column.name, text)


@lru_cache(64)
def _list_compared_columns(model: type[peewee.Model]) -> list[ComparedText]:
    return [column for column in model._meta.sorted_fields if isinstance(column, ComparedText)]
