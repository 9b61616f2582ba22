"""Base class of all tables, generated ids, and JSON columns."""

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Self

import orjson
import peewee

from errors import Refusal
from models.compared_text import update_compared_text
from models.database import db

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

_random = random.SystemRandom()


def new_id(prefix: str) -> str:
    """Return a new id: the prefix, `_` and 24 random base62 characters (142 bits)."""
    return f"{prefix}_{''.join(_random.choices(ALPHABET, k=24))}"


def fetch_dicts(query: Any) -> list[dict[str, Any]]:
    """Run a read-only query and return dicts, which are cheaper than model instances."""
    return list(query.dicts())


def insert_rows(rows: "Sequence[Row]") -> None:
    """Insert new rows of one table with one statement.

    Its SQL is cached, because peewee takes longer to build it than the database to run it. SQLite accepts 32,766
    values in a statement.
    """
    if rows:
        for row in rows:
            update_compared_text(row)
        fields = rows[0]._meta.sorted_fields
        values = [column.db_value(row.__data__.get(column.name)) for row in rows for column in fields]
        db.execute_sql(_build_insert(type(rows[0]), len(rows)), values)


@lru_cache(256)
def _build_insert(model: "type[Row]", count: int) -> str:
    columns = [column.column_name for column in model._meta.sorted_fields]
    row = f"({', '.join([db.param] * len(columns))})"
    table = model._meta.table_name
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * count)}"


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

    class Meta:
        database = db
        only_save_dirty = True
        legacy_table_names = False

    def save(self, *args: Any, **options: Any) -> Any:
        update_compared_text(self)
        return super().save(*args, **options)

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

    def columns(self) -> dict[str, Any]:
        """Return the values of all fields by name, None for those that are not set."""
        return {name: self.__data__.get(name) for name in self._meta.fields}
