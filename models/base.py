"""Base class of all tables, generated ids, and JSON columns."""

import os
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Self

import orjson
import peewee

from errors import Refusal
from models.compared_text import update_compared_text
from models.database import db

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

ID_LENGTH = 24
USED_BYTES = 256 // len(ALPHABET) * len(ALPHABET)  # so that no character is favored
CHARACTER_OF_BYTE = bytes(ord(ALPHABET[byte % len(ALPHABET)]) for byte in range(256))
UNUSED_BYTES = bytes(range(USED_BYTES, 256))


def new_id(prefix: str) -> str:
    """Return a new id: the prefix, `_` and 24 random base62 characters (142 bits)."""
    characters = b""
    while len(characters) < ID_LENGTH:  # rarely a second time
        characters = os.urandom(2 * ID_LENGTH).translate(CHARACTER_OF_BYTE, UNUSED_BYTES)
    return f"{prefix}_{characters[:ID_LENGTH].decode()}"


def fetch_dicts(query: Any) -> list[dict[str, Any]]:
    """Run a read-only query and return dicts, which are cheaper than model instances."""
    return list(query.dicts())


def insert_rows(rows: "Sequence[Row]") -> None:
    """Insert new rows of one table with one statement.

    SQLite accepts 32,766 values in a statement.
    """
    if rows:
        for row in rows:
            update_compared_text(row)
        names = tuple(column.name for column in rows[0]._meta.sorted_fields)
        values = [value for row in rows for value in row._stored_values(names)]
        db.execute_sql(_build_insert(type(rows[0]), names, len(rows)), values)


# The SQL of writes is cached, because peewee takes longer to build it than the database to run it.


@lru_cache(512)
def _build_insert(model: "type[Row]", names: tuple[str, ...], count: int) -> str:
    row = f"({', '.join([db.param] * len(names))})"
    columns = ", ".join(_quote_columns(model, names))
    return f"INSERT INTO {model._meta.table_name} ({columns}) VALUES {', '.join([row] * count)}"


@lru_cache(512)
def _build_update(model: "type[Row]", names: tuple[str, ...]) -> str:
    changes = ", ".join(f"{column} = {db.param}" for column in _quote_columns(model, names))
    [key] = _quote_columns(model, (_key_name(model),))
    return f"UPDATE {model._meta.table_name} SET {changes} WHERE {key} = {db.param}"


@lru_cache(512)
def _list_conversions(model: "type[Row]", names: tuple[str, ...]) -> list[tuple[int, Callable[[Any], Any]]]:
    """Return position and conversion of the values that drivers do not convert."""
    fields = [model._meta.fields[name] for name in names]
    return [(at, field.db_value) for at, field in enumerate(fields) if not _is_stored_as_it_is(field)]


def _is_stored_as_it_is(field: Any) -> bool:
    """Return True if peewee would only convert values of wrong types.

    The schemas of bodies and the forms exclude those.
    """
    is_plain = isinstance(field, (peewee.TextField, peewee.IntegerField, peewee.ForeignKeyField))
    return is_plain and not isinstance(field, JsonText)


def _key_name(model: "type[Row]") -> str:
    key: Any = model._meta.primary_key
    return str(key.name)


def _quote_columns(model: "type[Row]", names: Sequence[str]) -> list[str]:
    return [f'"{model._meta.fields[name].column_name}"' for name in names]


def fetch_tuples(query: Any) -> list[tuple[Any, ...]]:
    """Run a read-only query and return tuples."""
    return list(query.tuples())


class JsonText(peewee.TextField):
    """A JSON value stored as text: the same bytes on SQLite and PostgreSQL."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def python_value(self, value: str | None) -> Any:
        return None if value is None else orjson.loads(value)


class Row(peewee.Model):
    """Base class of all tables.

    `save()` writes only the columns that have changed, and the compared columns that depend on them.
    """

    _pk: Any  # peewee's, which its stubs omit
    _dirty: set[str]

    class Meta:
        database = db
        only_save_dirty = True
        legacy_table_names = False

    def save(self, force_insert: bool = False, only: Any = None) -> Any:
        """Insert a new row, or write the changed columns.

        Returns the number of rows written. Does the same as peewee's method, with cached SQL.
        """
        update_compared_text(self, None if force_insert else self._dirty)
        if only is not None or self._meta.composite_key or self._pk is None:
            return super().save(force_insert, only)
        return self._insert() if force_insert else self._update()

    def _insert(self) -> int:
        names = tuple(self.__data__)
        db.execute_sql(_build_insert(type(self), names, 1), self._stored_values(names))
        self._dirty.clear()
        return 1

    def _update(self) -> int:
        key = _key_name(type(self))
        names = tuple(name for name in self.__data__ if name in self._dirty and name != key)
        if not names:
            return 0
        cursor = db.execute_sql(_build_update(type(self), names), self._stored_values((*names, key)))
        self._dirty.clear()
        return int(cursor.rowcount)

    def _stored_values(self, names: Sequence[str]) -> list[Any]:
        values = self.__data__
        stored = [values.get(name) for name in names]
        for position, convert in _list_conversions(type(self), names):
            stored[position] = convert(stored[position])
        return stored

    @classmethod
    def find_unscoped(cls, row_id: str) -> Self:
        """Return a row of any dealer, for the operator's command line only.

        Raises `…_not_found`.
        """
        row = cls.get_or_none(cls._meta.primary_key == row_id)
        if row is None:
            noun = cls.__name__.lower()
            raise Refusal(f"{noun}_not_found", f"There is no {noun} with the ID {row_id[:80]!r}.")
        return row

    @classmethod
    def of_values(cls, values: Mapping[str, Any]) -> Self:
        """Return a row with these values, which are not written yet.

        A foreign key is an ID. Five times as fast as the constructor, which calls a descriptor for each value.
        """
        row = cls(__no_default__=True)
        row.__data__.update(values)
        return row

    def columns(self) -> dict[str, Any]:
        """Return the values of all fields by name, None for those that are not set."""
        return {name: self.__data__.get(name) for name in self._meta.fields}
