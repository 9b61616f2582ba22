"""Patterns that select event types: one function for endpoints, `GET /events` and the delivery log."""

import pytest

from models.delivery.event import Event
from models.delivery.event_types import EVENT_TYPES, PATTERNS, matches
from tests.cast import Cast
from tests.tasks.traffic import edit

CASES = [
    ("listing.updated", "*", True),
    ("listing.updated", "listing.*", True),
    ("listing.updated", "listing.updated", True),
    ("listing.updated", "listing.published", False),
    ("listing.updated", "order.*", False),
    ("listing.updated", "list.*", False),
]


@pytest.mark.parametrize(("event_type", "pattern", "expected"), CASES)
def test_pattern_selects_an_event_type(event_type: str, pattern: str, expected: bool) -> None:
    assert matches(event_type, pattern) is expected


@pytest.mark.parametrize(("event_type", "pattern", "expected"), CASES)
def test_pattern_selects_rows_like_event_types(cast: Cast, event_type: str, pattern: str, expected: bool) -> None:
    edit(cast.owner, cast.owner.listing(), 100)
    rows = Event.select().where(Event.type == event_type, matches(Event.type, pattern))
    assert rows.exists() is expected


def test_every_pattern_selects_an_event_type() -> None:
    assert all(any(matches(event_type, pattern) for event_type in EVENT_TYPES) for pattern in PATTERNS)
