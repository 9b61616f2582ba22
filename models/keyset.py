"""The lists of the API: pages in two orders, their SQL made once per combination of filters and then kept.

peewee takes longer to write such a query than the database to answer it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import orjson
import peewee

from models.base import JsonText, Row
from models.cursor import CursorCodec, ListPage
from models.database import db
from models.dealer import Actor

Shape = Callable[[Sequence[Mapping[str, Any]]], list[Any]]


@dataclass(frozen=True)
class SortOrder:
    """Which column a walk follows. Newest first neither inserts nor edits move a row between pages; `updated_at`
    rises in commit order, so that what changes during a walk comes again at its end."""

    column: str
    onward: str
    direction: str


BY_CREATION = SortOrder("created_at", "<", "DESC")
BY_CHANGE = SortOrder("updated_at", ">", "ASC")


@dataclass(frozen=True)
class KeysetQuery:
    """The list of one noun. `filters` maps names to conditions with one placeholder, `always` holds for each row."""

    row: type[Row]
    filters: Mapping[str, str] = field(hash=False)
    always: str = "TRUE"

    def page(
        self,
        actor: Actor,
        given: Mapping[str, Any],
        *,
        after: str | None,
        limit: int,
        since: int | None,
        shape: Shape,
    ) -> ListPage:
        """One page; with `since` (ms, exclusive) oldest change first. Raises `invalid_cursor`."""
        values = {name: value for name, value in given.items() if value is not None}
        walk = CursorCodec(self.row._meta.table_name, actor, {**values, "since": since})
        order = BY_CREATION if since is None else BY_CHANGE
        start: tuple[Any, ...] = () if since is None else (since,)
        if after is not None:
            start = walk.decode(after)
        sql = self._sql(tuple(values), order, len(start))
        rows = self._rows(sql, (actor.dealer.id, actor.is_test, *values.values(), *start, limit + 1))
        return self._cut(rows, limit, walk, order, shape)

    def _cut(
        self, rows: list[dict[str, Any]], limit: int, walk: CursorCodec, order: SortOrder, shape: Shape
    ) -> ListPage:
        has_more = len(rows) > limit
        shown = rows[:limit]
        cursor = walk.encode((shown[-1][order.column], shown[-1]["id"])) if has_more else None
        return ListPage(object="list", data=shape(shown), has_more=has_more, next_cursor=cursor)

    def _rows(self, sql: str, values: Sequence[Any]) -> list[dict[str, Any]]:
        names, converters = self._columns()
        rows = [dict(zip(names, row, strict=True)) for row in db.execute_sql(sql, values).fetchall()]
        for row in rows:
            for name, convert in converters:
                if row[name] is not None:
                    row[name] = convert(row[name])
        return rows

    @lru_cache(256)  # noqa: B019 - feeds are module constants
    def _sql(self, names: tuple[str, ...], order: SortOrder, start: int) -> str:
        columns = ", ".join(column.column_name for column in self.row._meta.sorted_fields)
        conditions = ["dealer_id = {}", "is_test = {}", *(self.filters[name] for name in names), self.always]
        if start:
            conditions.append(f"{order.column} {order.onward} {{}}")
        if start == 2:
            conditions[-1] = f"({order.column}, id) {order.onward} ({{}}, {{}})"
        where = " AND ".join(conditions).replace("{}", db.param)
        by = f"{order.column} {order.direction}, id {order.direction}"
        return f"SELECT {columns} FROM {self.row._meta.table_name} WHERE {where} ORDER BY {by} LIMIT {db.param}"

    @lru_cache(256)  # noqa: B019 - feeds are module constants
    def _columns(self) -> tuple[list[str], list[tuple[str, Callable[[Any], Any]]]]:
        """Field names in the order of the columns, and what makes JSON and booleans of some."""
        fields = self.row._meta.sorted_fields
        converters: list[tuple[str, Callable[[Any], Any]]] = []
        for column in fields:
            if isinstance(column, JsonText):
                converters.append((column.name, orjson.loads))
            elif isinstance(column, peewee.BooleanField):
                converters.append((column.name, bool))
        return [column.name for column in fields], converters
