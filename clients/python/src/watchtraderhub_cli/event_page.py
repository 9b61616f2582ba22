"""A page of `GET /events`, with the bytes of each event as the hub sent them.

A webhook has the same bytes. Parsing and serializing would change them, for example how numbers are written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_DECODER = json.JSONDecoder()
_SPACE = " \t\r\n"


@dataclass(frozen=True)
class StreamedEvent:
    """An event of the stream, and its body as a webhook has it."""

    body: bytes
    document: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def type(self) -> str:
        return str(self.document["event"])

    @property
    def sequence(self) -> int:
        return int(self.document["sequence"])

    @property
    def resource_id(self) -> str | None:
        data = self.document.get("data")
        return data.get("id") if isinstance(data, dict) else None


@dataclass(frozen=True)
class EventPage:
    """Events in the order of their sequences, and the cursor behind them."""

    events: list[StreamedEvent]
    next_cursor: str


def parse_page(content: bytes) -> EventPage:
    """Parse the body of a response. Raises ValueError and KeyError if it is not a page of events."""
    text = content.decode()
    fields = {name: (value, start) for name, value, start in _iterate_fields(text)}
    events = [StreamedEvent(part.encode(), value) for part, value in _iterate_items(text, fields["data"][1])]
    return EventPage(events, fields["next_cursor"][0])


def _iterate_fields(text: str) -> Iterator[tuple[str, Any, int]]:
    """Yield name, value and the place of the value of each field of the outermost object."""
    at = _skip(text, 0, "{")
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        start = _skip(text, at, ":")
        value, at = _DECODER.raw_decode(text, start)
        yield name, value, start
        at = _skip(text, at, ",")


def _iterate_items(text: str, at: int) -> Iterator[tuple[str, Any]]:
    """Yield the text and the value of each item of the array at a place."""
    at = _skip(text, at, "[")
    while text[at] != "]":
        value, end = _DECODER.raw_decode(text, at)
        yield text[at:end], value
        at = _skip(text, end, ",")


def _skip(text: str, at: int, mark: str) -> int:
    """Return the place after white space, one mark if it is there, and white space."""
    while text[at] in _SPACE:
        at += 1
    if text[at] == mark:
        at += 1
    while text[at] in _SPACE:
        at += 1
    return at
