"""Application of events and snapshots: transactions of the shop's database, without requests to the hub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from watchtraderhub.mirror.database import Database
from watchtraderhub.mirror.handlers import Handlers
from watchtraderhub.mirror.position import Position, PositionTable
from watchtraderhub.mirror.snapshot import Snapshot


class Application:
    """Applies what the mirror has read, each time in one transaction that locks and advances the position."""

    def __init__(self, database: Database, name: str, handlers: Handlers) -> None:
        self._database = database
        self._positions = PositionTable(database, name)
        self._handlers = handlers

    def prepare(self) -> Position | None:
        """Create the table; return the position, None at the first start."""
        self._positions.create()
        return self.find_position()

    def find_position(self) -> Position | None:
        with self._database.transaction() as connection:
            return self._positions.find(connection)

    def position(self) -> Position:
        return self._positions.read()

    def apply(self, events: Sequence[Any], cursor: str | None = None) -> None:
        """Apply events in order, except duplicates; then save the cursor of the page after them.

        If a handler raises, the events before it stay applied. Raises the exception of the handler, StaleMirrorError
        and NotStartedError.
        """
        with self._database.transaction() as connection:
            start = self._positions.lock(connection)
            position, error = self._apply_all(connection, start, events)
            if error is None:
                position = replace(position, cursor=cursor or position.cursor)
            if position != start:
                self._positions.save(connection, position)
        if error is not None:  # raised after the commit of the events before it
            raise error

    def replace(self, before: Position | None, position: Position, snapshot: Snapshot) -> bool:
        """Write a snapshot and its position, both or neither.

        `before` is the position before the snapshot was read. Returns False if newer events have taken effect since.
        """
        with self._database.transaction() as connection:
            self._positions.insert(connection, is_live=position.is_live)
            current = self._positions.lock(connection)
            if current.sequence > position.sequence and (before is None or current.sequence != before.sequence):
                return False
            for name, writer in self._handlers.writers.items():
                with self._database.savepoint(connection):
                    writer(connection, snapshot.objects(name))
            self._positions.save(connection, position)
        return True

    def _apply_all(
        self, connection: Any, position: Position, events: Sequence[Any]
    ) -> tuple[Position, Exception | None]:
        try:
            for event in events:
                position = self._apply_one(connection, position, event)
        except Exception as error:
            return position, error
        return position, None

    def _apply_one(self, connection: Any, position: Position, event: Any) -> Position:
        if position.has_applied(event):
            return position
        advanced = position.advance(event)
        with self._database.savepoint(connection):
            self._handlers.handle(connection, event)
        return advanced
