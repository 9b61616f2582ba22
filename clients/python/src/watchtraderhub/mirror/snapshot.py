"""Snapshot: the current objects of the hub, and the position of the event stream that they belong to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from watchtraderhub.client import Client
from watchtraderhub.mirror.position import UNKNOWN, Position
from watchtraderhub.pages import Page

PAGE_LIMIT = 100
EPOCH = "1970-01-01T00:00:00Z"
# If the hub changes during every round, the position is that before the last one, and handlers repeat these changes.
MAX_ROUNDS = 10


class Snapshot:
    """All objects of some lists, as they are at one position.

    Lists are read by time of change, and then their changes only, until no event was recorded during a round: nothing
    can have changed between two readings of the same position.
    """

    def __init__(self, client: Client, names: Iterable[str]) -> None:
        self._client = client
        self._objects: dict[str, dict[str, Any]] = {name: {} for name in names}
        self._since = dict.fromkeys(self._objects, EPOCH)

    def read(self) -> Position:
        """Read the objects; return their position. Raises the errors of the client."""
        is_live = self._client.integration.get_me()["mode"] == "live"
        newest = read_newest(self._client, Position(UNKNOWN, None, None, is_live))
        for _ in range(MAX_ROUNDS):
            position = newest
            self._read_changes()
            newest = read_newest(self._client, position)
            if newest.sequence == position.sequence:
                break
        return position

    def objects(self, name: str) -> list[Any]:
        return list(self._objects[name].values())

    def _read_changes(self) -> None:
        for name, objects in self._objects.items():
            query = getattr(self._client, name).list(updated_after=self._since[name], limit=PAGE_LIMIT)
            for each in query:
                objects[each["id"]] = each
                self._since[name] = each["updated_at"]


def read_newest(client: Client, position: Position) -> Position:
    """Read the stream from a position to its end; return the position there."""
    while True:
        page = read_page(client, position.cursor)
        position = replace(position, cursor=page.next_cursor)
        if page.data:
            position = replace(position, sequence=page.data[-1]["sequence"], event_id=page.data[-1]["id"])
        if not page.has_more:
            return position


def read_page(client: Client, cursor: str | None, wait: int | None = None) -> Page[Any]:
    """Read one page of events; if it is empty, wait up to that many seconds for the first event."""
    return next(client.events.list(after=cursor, limit=PAGE_LIMIT, wait=wait).pages())
