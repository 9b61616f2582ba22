"""Reads the filters of a table from the query string."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.request import PageRequest
from models.clock import DAY_MS, parse_rfc3339

DATE_LENGTH = len("2026-05-08")


def read_filters(request: PageRequest, names: Sequence[str]) -> dict[str, str]:
    """Each filter as typed; empty if missing."""
    return {name: request.value(name) for name in names}


def parse_time_range(filters: Mapping[str, str]) -> dict[str, Any]:
    """Parse `since` and `until` of the filters into ms since 1970.

    A date as `until` includes the whole day. The other filters stay as they are.
    """
    since, until = (parse_rfc3339(filters[name]) for name in ("since", "until"))
    if until is not None and len(filters["until"]) == DATE_LENGTH:
        until += DAY_MS - 1
    return {**filters, "since": since, "until": until}
