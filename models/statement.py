"""Statements compiled once: peewee queries whose SQL is kept.

The SQL is built at first use. peewee takes ten times longer to build a query than the database takes to run it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from inspect import signature
from typing import Any, Generic, TypeVar

import peewee

from models.database import db

T = TypeVar("T")
M = TypeVar("M", bound=peewee.Model)
Converter = Callable[[Any], Any]

MAX_VARIANTS = 64  # of a statement with lists: one for each length


@dataclass(frozen=True)
class BoundValue:
    """A value that a call gives: the argument `name`, or its entry at `index`."""

    name: str
    index: int | None
    convert: Converter | None

    def read(self, values: dict[str, Any]) -> Any:
        """Return the value in the form that the database stores."""
        value = values[self.name] if self.index is None else values[self.name][self.index]
        return value if self.convert is None else self.convert(value)


class Placeholder(peewee.Node):
    """Stands for a value while peewee builds the SQL.

    It learns the column that the value is compared with.
    """

    def __init__(self, name: str, index: int | None = None) -> None:
        self.name, self.index = name, index

    def __sql__(self, ctx: Any) -> Any:
        return ctx.value(BoundValue(self.name, self.index, ctx.state.converter), converter=False)


@dataclass(frozen=True)
class Compiled:
    """SQL with the values to bind, in order.

    `converters` are those of result columns, by position.
    """

    sql: str
    binds: tuple[Any, ...]
    converters: tuple[tuple[int, Converter], ...]

    def bind(self, values: dict[str, Any]) -> list[Any]:
        return [part.read(values) if isinstance(part, BoundValue) else part for part in self.binds]


class Statement(Generic[T]):
    """A query with named values.

    `build` returns the peewee query for its arguments, and `read` makes a record of a row. A value is never None:
    SQL has another operator for that. A list stands for the entries of an `IN`. Calls raise TypeError for names that
    are not those of `build`.
    """

    def __init__(self, build: Callable[..., Any], read: Callable[[Sequence[Any]], T]) -> None:
        self.build = build
        self.read = read
        self.names = frozenset(signature(build).parameters)
        self._compile = lru_cache(MAX_VARIANTS)(self._compile_for)

    def fetch_all(self, **values: Any) -> list[T]:
        """Return all records."""
        compiled, cursor = self._execute(values)
        return [self._convert(compiled, row) for row in cursor.fetchall()]

    def fetch_one(self, **values: Any) -> T | None:
        """Return the first record, or None."""
        compiled, cursor = self._execute(values)
        row = cursor.fetchone()
        return None if row is None else self._convert(compiled, row)

    def execute(self, **values: Any) -> int:
        """Run a statement without records; return the number of rows that it changed."""
        return int(self._execute(values)[1].rowcount)

    def _execute(self, values: dict[str, Any]) -> tuple[Compiled, Any]:
        if values.keys() != self.names or None in values.values():
            raise TypeError(f"Invalid values {sorted(values)}: must be {sorted(self.names)}, and not None.")
        lengths = tuple((name, len(value)) for name, value in values.items() if type(value) is list)
        compiled = self._compile(lengths)
        return compiled, db.execute_sql(compiled.sql, compiled.bind(values))

    def _compile_for(self, lengths: tuple[tuple[str, int], ...]) -> Compiled:
        arguments: dict[str, Any] = {name: Placeholder(name) for name in self.names}
        arguments |= {name: [Placeholder(name, index) for index in range(length)] for name, length in lengths}
        query = self.build(**arguments)
        sql, binds = query.sql()
        columns = enumerate(getattr(query, "_returning", None) or ())
        converters = tuple((at, column.python_value) for at, column in columns if _is_converted(column))
        return Compiled(sql, tuple(binds), converters)

    def _convert(self, compiled: Compiled, row: Sequence[Any]) -> T:
        if compiled.converters:
            row = list(row)
            for at, convert in compiled.converters:
                row[at] = convert(row[at])
        return self.read(row)


def row_statement(model: type[M], build: Callable[..., Any]) -> Statement[M]:
    """Return a statement whose records are rows of a model.

    Its query selects all columns, as `select()` does.
    """
    names = [column.name for column in model._meta.sorted_fields]

    def read(values: Sequence[Any]) -> M:
        row = model(__no_default__=True)
        row.__data__.update(zip(names, values, strict=True))
        return row

    return Statement(build, read)


def _is_converted(column: Any) -> bool:
    """Return True for JSON and booleans: drivers return others as Python's type."""
    is_own_type = (
        isinstance(column, peewee.TextField) and type(column).python_value is not peewee.TextField.python_value
    )
    return is_own_type or isinstance(column, peewee.BooleanField)
