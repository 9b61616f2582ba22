"""Base of all tables: `Row`, ids and JSON columns."""

import random
from typing import Any, Self

import orjson
import peewee

from errors import Refusal
from models.database import db

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

_dice = random.SystemRandom()


def new_id(kind: str) -> str:
    """`inv_` and the like with 24 random base62 characters (142 bits)."""
    return f"{kind}_{''.join(_dice.choices(ALPHABET, k=24))}"


def fetch_dicts(query: Any) -> list[dict[str, Any]]:
    """What is only read comes as dicts: cheaper than model instances."""
    return list(query.dicts())


class JsonText(peewee.TextField):
    """JSON kept as text: the same bytes on SQLite and PostgreSQL."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def python_value(self, value: str | None) -> Any:
        return None if value is None else orjson.loads(value)


class Row(peewee.Model):
    """Base of all tables; writes only the columns that changed."""

    class Meta:
        database = db
        only_save_dirty = True
        legacy_table_names = False

    @classmethod
    def find_unscoped(cls, row_id: str) -> Self:
        """Whosever row it is: for the hub's operator only. Raises `…_not_found`."""
        row = cls.get_or_none(cls._meta.primary_key == row_id)
        if row is None:
            noun = cls.__name__.lower()
            raise Refusal(f"{noun}_not_found", f"There is no {noun} with the id {row_id[:80]!r}.")
        return row

    def columns(self) -> dict[str, Any]:
        """All columns by field name, unset ones as None: what the shapes are made of."""
        return {name: self.__data__.get(name) for name in self._meta.fields}
