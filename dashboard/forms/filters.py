"""The filters of a table, as its address gives them."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.request import PageRequest
from models.clock import parse_rfc3339

DAY_MS = 24 * 3_600_000


def read_filters(request: PageRequest, names: Sequence[str]) -> dict[str, str]:
    return {name: request.value(name) for name in names}


def in_ms(filters: Mapping[str, str]) -> dict[str, Any]:
    """With `since` and `until` as times; a day that is the last one belongs to the span as a whole."""
    since, until = (parse_rfc3339(filters[name]) for name in ("since", "until"))
    if until is not None and len(filters["until"]) == len("2026-05-08"):
        until += DAY_MS - 1
    return {**filters, "since": since, "until": until}
