"""Keyset pagination of the API's lists, with cached SQL.

The SQL is cached because peewee takes longer to build such a query than the database takes to run it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
import peewee

from models.base import JsonText, Row
from models.compared_text import ComparedText
from models.cursor import CursorCodec, ListPage, Position
from models.database import db
from models.dealer import Actor
from models.representation_cache import RepresentationCache

Serializer = Callable[[Sequence[Mapping[str, Any]]], list[Any]]


@dataclass(frozen=True)
class SortOrder:
    """The column and direction of a list, and the operator for rows after a cursor."""

    column: str
    operator: str
    direction: str


# Newest first: neither new rows nor edits move a row to another page.
BY_CREATION = SortOrder("created_at", "<", "DESC")
# Oldest change first: `updated_at` rises in commit order, so rows that change in the meantime appear again at the end.
BY_CHANGE = SortOrder("updated_at", ">", "ASC")


CACHE_KEY = ("id", "created_at", "updated_at")

Variant = tuple[tuple[str, ...], SortOrder, int]  # names of filters, order, length of the position to start after


@dataclass(frozen=True)
class Found:
    """The representations of a page.

    `last` is the position of its last row if there are more.
    """

    data: list[Any]
    last: Position | None


@dataclass(frozen=True)
class KeysetQuery:
    """The paginated list of one model, scoped to an Actor.

    `conditions` maps the names of filters to SQL with one `{}` placeholder; `base_condition` holds for every row.
    `to_compared` maps those filters that read a compared column to the function that converts a value likewise.
    `cache` is for models whose representation depends on nothing but the row.
    """

    model: type[Row]
    conditions: Mapping[str, str] = field(hash=False)
    base_condition: str = "TRUE"
    to_compared: Mapping[str, Callable[[str], str]] = field(default_factory=dict, hash=False)
    cache: RepresentationCache | None = field(default=None, hash=False)

    def page(
        self,
        actor: Actor,
        filters: Mapping[str, Any],
        *,
        after: str | None,
        limit: int,
        since: int | None,
        serialize: Serializer,
    ) -> ListPage:
        """Return the page after the cursor `after`, newest rows first.

        With `since` (ms, exclusive), the page has only rows changed later, oldest change first. Filters that are None
        match every row. Raises `invalid_cursor`.
        """
        values = {name: self._convert(name, value) for name, value in filters.items() if value is not None}
        cursors = CursorCodec(self.model._meta.table_name, actor, {**values, "since": since})
        order = BY_CREATION if since is None else BY_CHANGE
        start: tuple[Any, ...] = () if since is None else (since,)
        if after is not None:
            start = cursors.decode(after)
        bounds = (actor.dealer.id, actor.is_test, *values.values(), *start, limit + 1)
        variant = (tuple(values), order, len(start))
        found = self._find_cached(variant, bounds, limit) or self._find(variant, bounds, limit, serialize)
        next_cursor = None if found.last is None else cursors.encode(found.last)
        return ListPage(object="list", data=found.data, has_more=found.last is not None, next_cursor=next_cursor)

    def _find_cached(self, variant: Variant, bounds: Sequence[Any], limit: int) -> "Found | None":
        """Find a page whose texts are all in the cache."""
        if self.cache is None:
            return None
        rows = db.execute_sql(self._sql(*variant, CACHE_KEY), bounds).fetchall()
        data = self.cache.find_all((row_id, updated_at) for row_id, _, updated_at in rows[:limit])
        if data is None:
            return None
        position = CACHE_KEY.index(variant[1].column)
        return Found(data, (rows[limit - 1][position], rows[limit - 1][0]) if len(rows) > limit else None)

    def _find(self, variant: Variant, bounds: Sequence[Any], limit: int, serialize: Serializer) -> "Found":
        rows = self._fetch(self._sql(*variant, self._columns()), bounds)
        has_more, rows = len(rows) > limit, rows[:limit]
        data = serialize(rows)
        if self.cache is not None:
            data = self.cache.add_all(rows, data)
        return Found(data, (rows[-1][variant[1].column], rows[-1]["id"]) if has_more else None)

    def _convert(self, name: str, value: Any) -> Any:
        return self.to_compared[name](value) if name in self.to_compared else value

    def _fetch(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        names, converters = self._fields()
        rows = [dict(zip(names, row, strict=True)) for row in db.execute_sql(sql, values).fetchall()]
        for row in rows:
            for name, convert in converters:
                if row[name] is not None:
                    row[name] = convert(row[name])
        return rows

    @lru_cache(256)  # noqa: B019 - queries are module constants
    def _sql(self, names: tuple[str, ...], order: SortOrder, start_length: int, columns: tuple[str, ...]) -> str:
        """Build the SQL for the names of filters.

        `start_length` is 0 for the first page, 1 for rows after a time, 2 for rows after a cursor.
        """
        conditions = ["dealer_id = {}", "is_test = {}", *(self.conditions[name] for name in names), self.base_condition]
        if start_length == 1:
            conditions.append(f"{order.column} {order.operator} {{}}")
        if start_length == 2:
            conditions.append(f"({order.column}, id) {order.operator} ({{}}, {{}})")
        where = " AND ".join(conditions).replace("{}", db.param)
        by = f"{order.column} {order.direction}, id {order.direction}"
        table = self.model._meta.table_name
        return f"SELECT {', '.join(columns)} FROM {table} WHERE {where} ORDER BY {by} LIMIT {db.param}"

    @lru_cache(16)  # noqa: B019 - queries are module constants
    def _columns(self) -> tuple[str, ...]:
        return tuple(column.column_name for column in self._read_fields())

    @lru_cache(256)  # noqa: B019 - queries are module constants
    def _fields(self) -> tuple[list[str], list[tuple[str, Callable[[Any], Any]]]]:
        """Return the field names in column order, and converters of JSON and booleans."""
        fields = self._read_fields()
        converters: list[tuple[str, Callable[[Any], Any]]] = []
        for column in fields:
            if isinstance(column, JsonText):
                converters.append((column.name, orjson.loads))
            elif isinstance(column, peewee.BooleanField):
                converters.append((column.name, bool))
        return [column.name for column in fields], converters

    def _read_fields(self) -> list[Any]:
        """Return the fields that a page needs: all but the compared ones."""
        return [column for column in self.model._meta.sorted_fields if not isinstance(column, ComparedText)]
