"""The filters of a table, as its address gives them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from dashboard.request import PageRequest
from models.clock import EPOCH

DAY_MS = 24 * 3_600_000


def read_filters(request: PageRequest, names: Sequence[str]) -> dict[str, str]:
    return {name: request.value(name) for name in names}


def in_ms(filters: Mapping[str, str]) -> dict[str, Any]:
    """With `since` and `until` as times; a day that is the last one belongs to the span as a whole."""
    since, until = (instant(filters[name]) for name in ("since", "until"))
    if until is not None and len(filters["until"]) == len("2026-05-08"):
        until += DAY_MS - 1
    return {**filters, "since": since, "until": until}


def instant(text: str) -> int | None:
    """What a datetime-local field or a person gives, taken as UTC, in ms; nonsense filters nothing."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) // timedelta(milliseconds=1)
