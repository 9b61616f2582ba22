"""The shop's functions: handlers of events by type, and writers of snapshots by list."""

from __future__ import annotations

from typing import Any, Callable

Handler = Callable[[Any, Any], None]  # takes the connection and the event
SnapshotWriter = Callable[[Any, "list[Any]"], None]  # takes the connection and all objects
LISTS = ("listings", "customers", "orders")


class Handlers:
    """Functions in the order in which they were registered."""

    def __init__(self) -> None:
        self._handlers: list[tuple[str, Handler]] = []
        self.writers: dict[str, SnapshotWriter] = {}

    def add(self, pattern: str, handler: Handler) -> None:
        self._handlers.append((pattern, handler))

    def add_writer(self, name: str, writer: SnapshotWriter) -> None:
        """Register the writer of a list. Raises ValueError for an unknown list."""
        if name not in LISTS:
            raise ValueError(f"Unknown list {name!r}: use one of {', '.join(LISTS)}.")
        self.writers[name] = writer

    def handle(self, connection: Any, event: Any) -> None:
        """Call every handler of the event's type."""
        for pattern, handler in self._handlers:
            if matches(pattern, event["event"]):
                handler(connection, event)


def matches(pattern: str, event_type: str) -> bool:
    """Whether an exact type, `namespace.*` or `*` covers a type."""
    if pattern.endswith(".*"):
        return event_type.startswith(pattern[:-1])
    return pattern in ("*", event_type)
