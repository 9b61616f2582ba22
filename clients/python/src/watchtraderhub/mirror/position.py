"""The table `watchtraderhub_mirror`: one row per mirror, updated in the transaction of the effects."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import Any

from watchtraderhub.mirror.database import Database, run
from watchtraderhub.mirror.errors import NotStartedError, StaleMirrorError

UNKNOWN = -1  # no event was listed yet when the mirror started: the first one that the hub lists is the next

TABLE = """
CREATE TABLE IF NOT EXISTS watchtraderhub_mirror (
  name TEXT PRIMARY KEY, position BIGINT NOT NULL, event_id TEXT, next_cursor TEXT, livemode BOOLEAN NOT NULL,
  updated_at TEXT NOT NULL)
"""
COLUMNS = "position, event_id, next_cursor, livemode"


@dataclass(frozen=True)
class Position:
    """The last event that has taken effect: its `sequence` and ID, and a cursor of `GET /events` at or before it."""

    sequence: int
    event_id: str | None
    cursor: str | None
    is_live: bool

    def has_applied(self, event: Any) -> bool:
        """Whether an event is a duplicate. Raises StaleMirrorError if another event has its number."""
        if event["sequence"] == self.sequence and event["id"] != self.event_id:
            raise StaleMirrorError(f"The hub has a different event with sequence {self.sequence}: it was restored.")
        return bool(event["sequence"] <= self.sequence)

    def is_before(self, event: Any) -> bool:
        """Whether an event is the very next one."""
        return bool(event["sequence"] == self.sequence + 1) and self.sequence != UNKNOWN

    def advance(self, event: Any) -> Position:
        """Return the position after the next event of the list. Raises StaleMirrorError if one between is missing."""
        if self.sequence not in (UNKNOWN, event["sequence"] - 1):
            raise StaleMirrorError(f"The hub no longer lists the event after sequence {self.sequence}.")
        return replace(self, sequence=event["sequence"], event_id=event["id"])


class PositionTable:
    """The row of one mirror."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    def create(self) -> None:
        try:
            with self._database.transaction() as connection:
                run(connection, TABLE)
        except Exception:  # on PostgreSQL, one of two processes that create it at the same time fails
            with self._database.transaction() as connection:
                self.find(connection)

    def read(self) -> Position:
        """Read the position without a lock. Raises NotStartedError."""
        with self._database.transaction() as connection:
            return _require(self.find(connection))

    def find(self, connection: Any) -> Position | None:
        row = self._run(connection, f"SELECT {COLUMNS} FROM watchtraderhub_mirror WHERE name = ?", self._name)
        return None if row is None else Position(int(row[0]), row[1], row[2], bool(row[3]))

    def lock(self, connection: Any) -> Position:
        """Read the position; no other process changes it before the transaction ends. Raises NotStartedError."""
        # an UPDATE locks the row in every database, and on SQLite the file before anything is read
        self._run(connection, "UPDATE watchtraderhub_mirror SET updated_at = ? WHERE name = ?", _now(), self._name)
        return _require(self.find(connection))

    def insert(self, connection: Any, *, is_live: bool) -> None:
        """Insert a row without a position, unless there is one."""
        statement = f"INSERT INTO watchtraderhub_mirror (name, {COLUMNS}, updated_at) VALUES (?, ?, ?, ?, ?, ?)"
        values = (self._name, UNKNOWN, None, None, is_live, _now())
        self._run(connection, f"{statement} ON CONFLICT (name) DO NOTHING", *values)

    def save(self, connection: Any, position: Position) -> None:
        changes = "position = ?, event_id = ?, next_cursor = ?, livemode = ?"
        values = (position.sequence, position.event_id, position.cursor, position.is_live, self._name)
        self._run(connection, f"UPDATE watchtraderhub_mirror SET {changes} WHERE name = ?", *values)

    def _run(self, connection: Any, statement: str, *values: Any) -> tuple[Any, ...] | None:
        return run(connection, statement.replace("?", self._database.placeholder), values)


def _require(position: Position | None) -> Position:
    if position is None:
        raise NotStartedError
    return position


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
