"""Statements that read rows of values as a table, so that one serves many rows."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import orjson

import config
from models.database import db

MAX_ROWS = 64  # on SQLite, where a statement is kept for 1, 2, 4, … rows


class RowsStatement:
    """A statement with a table `v`, which holds the rows of a call.

    `columns` are the names and PostgreSQL types of the columns of `v`. SQLite binds every value: reading them from JSON
    takes it twice as long as the update. PostgreSQL gets one parameter of JSON, in one round trip.
    """

    def __init__(self, columns: dict[str, str], sql: str) -> None:
        self._columns, self._sql = columns, sql
        self._build = lru_cache(self._build_for_sqlite)

    def execute(self, rows: Sequence[dict[str, Any]], *parameters: Any) -> None:
        """Run it for rows that have these columns and maybe more.

        `parameters` are those of the rest of the statement.
        """
        if not config.is_sqlite():
            db.execute_sql(self._build_for_postgres(), (orjson.dumps(rows).decode(), *parameters))
            return
        for some in _divide(rows):
            values = [row[name] for row in some for name in self._columns]
            db.execute_sql(self._build(len(some)), (*values, *parameters))

    def _build_for_postgres(self) -> str:
        definitions = ", ".join(f"{name} {kind}" for name, kind in self._columns.items())
        return f"WITH v AS (SELECT * FROM json_to_recordset(CAST({db.param} AS json)) AS r({definitions})) {self._sql}"

    def _build_for_sqlite(self, count: int) -> str:
        row = f"({', '.join(db.param for _ in self._columns)})"
        return f"WITH v({', '.join(self._columns)}) AS (VALUES {', '.join([row] * count)}) {self._sql}"


def _divide(rows: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """Divide rows into few parts, whose lengths are powers of two."""
    start = 0
    while start < len(rows):
        size = min(MAX_ROWS, 1 << ((len(rows) - start).bit_length() - 1))
        yield rows[start : start + size]
        start += size
