"""Lists in pages: signed cursors bound to the list, the dealer, the mode and the filters."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypedDict

import orjson
import peewee

import config
from errors import Refusal
from models.base import rows_of
from models.dealer import Actor

Position = tuple[int, str]


class Page(TypedDict):
    """The list envelope; `next_cursor` is what the caller gives back as `after`."""

    object: str
    data: list[Any]
    has_more: bool
    next_cursor: str | None


class Walk:
    """One list of one caller: reads and writes its cursors."""

    def __init__(self, name: str, actor: Actor, filters: Mapping[str, Any]) -> None:
        said = [
            name,
            actor.dealer.id,
            actor.is_test,
            sorted((k, v) for k, v in filters.items() if v is not None),
        ]
        self._binding = hashlib.sha256(orjson.dumps(said)).digest()

    def cursor(self, position: Position) -> str:
        payload = orjson.dumps(position)
        return base64.urlsafe_b64encode(self._signature(payload) + payload).rstrip(b"=").decode()

    def position(self, cursor: str) -> Position:
        """Raises `invalid_cursor` unless this walk wrote the cursor."""
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except ValueError:
            raise _refused() from None
        signature, payload = raw[:16], raw[16:]
        if not hmac.compare_digest(signature, self._signature(payload)):
            raise _refused()
        at, row_id = orjson.loads(payload)
        return at, row_id

    def _signature(self, payload: bytes) -> bytes:
        return hmac.digest(_cursor_key(), self._binding + payload, "sha256")[:16]


@lru_cache(1)
def _cursor_key() -> bytes:
    return hmac.digest(config.secret_key().encode(), b"cursor", "sha256")


def _refused() -> Refusal:
    return Refusal(
        "invalid_cursor",
        "This cursor does not belong to this list with these filters; start again without `after`.",
        param="after",
    )


def page_of(
    rows: Sequence[Mapping[str, Any]],
    *,
    limit: int,
    walk: Walk,
    position: Callable[[Mapping[str, Any]], Position],
    shape: Callable[[Sequence[Mapping[str, Any]]], list[Any]],
) -> Page:
    """Cuts `limit + 1` fetched rows to a page."""
    has_more = len(rows) > limit
    rows = rows[:limit]
    cursor = walk.cursor(position(rows[-1])) if has_more else None
    return Page(object="list", data=shape(rows), has_more=has_more, next_cursor=cursor)


def newest_first(
    query: "peewee.ModelSelect[Any]", row: Any, walk: Walk, after: str | None, limit: int
) -> "peewee.ModelSelect[Any]":
    """By creation, so that neither inserts nor edits move a row between pages."""
    if after is not None:
        at, row_id = walk.position(after)
        query = query.where(peewee.Tuple(row.created_at, row.id) < peewee.Tuple(at, row_id))
    return query.order_by(row.created_at.desc(), row.id.desc()).limit(limit + 1)


def oldest_change_first(
    query: "peewee.ModelSelect[Any]", row: Any, walk: Walk, after: str | None, limit: int, since: int
) -> "peewee.ModelSelect[Any]":
    """By `updated_at`, which rises in commit order: what changes during the walk comes again at its end."""
    if after is not None:
        at, row_id = walk.position(after)
        query = query.where(peewee.Tuple(row.updated_at, row.id) > peewee.Tuple(at, row_id))
    else:
        query = query.where(row.updated_at > since)
    return query.order_by(row.updated_at, row.id).limit(limit + 1)


def read_page(
    query: "peewee.ModelSelect[Any]",
    row: Any,
    walk: Walk,
    *,
    after: str | None,
    limit: int,
    since: int | None,
    shape: Callable[[Sequence[Mapping[str, Any]]], list[Any]],
) -> Page:
    """A page in either order; `since` (ms) is `updated_after`."""
    if since is None:
        ordered, key = newest_first(query, row, walk, after, limit), "created_at"
    else:
        ordered, key = oldest_change_first(query, row, walk, after, limit, since), "updated_at"
    rows = rows_of(ordered)
    return page_of(rows, limit=limit, walk=walk, position=lambda r: (r[key], r["id"]), shape=shape)
