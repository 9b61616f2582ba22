"""Time as integers: milliseconds since 1970-01-01 in UTC.

On PostgreSQL, the database's clock is the clock of all processes, so machines with different clocks agree.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import overload

from errors import Invalid

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_database_offset: float | None = None  # seconds from `read_timer` to the database's clock


def read_timer() -> float:
    """Return seconds on a monotonic clock that includes the machine's sleep."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


def follow_database(seconds: float, sent_at: float, received_at: float) -> None:
    """Follow the database's clock.

    It read `seconds` (since 1970) between two times of `read_timer`. The offset changes only as far as this reading
    requires, so that network delays do not move the clock.
    """
    global _database_offset
    low, high = seconds - received_at, seconds - sent_at
    middle = (low + high) / 2 if _database_offset is None else _database_offset
    _database_offset = min(max(middle, low), high)


def read_clock() -> float:
    """Return seconds since 1970 by the database's clock.

    Until it is known, and on SQLite, by the system's.
    """
    return time.time() if _database_offset is None else read_timer() + _database_offset


wall_clock: Callable[[], float] = read_clock  # seconds since 1970; tests replace it


def now() -> int:
    """Return milliseconds since 1970 in UTC, the unit of every `_at` column."""
    return int(wall_clock() * 1000)


@overload
def format_rfc3339(at: int) -> str: ...
@overload
def format_rfc3339(at: int | None) -> str | None: ...
def format_rfc3339(at: int | None) -> str | None:
    """Format ms since 1970 as `2026-05-08T08:41:33.114Z`, as in API and events."""
    if at is None:
        return None
    return f"{_format_seconds(at // 1000)}.{at % 1000:03d}Z"


def parse_rfc3339(text: str) -> int | None:
    """Parse a time as ms since 1970; return None for text that is not a time.

    Reads RFC 3339 in either case, and the forms of ISO 8601 that people type: a date alone, no seconds, no time zone
    (which is then UTC).
    """
    try:
        parsed = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return ((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)) - EPOCH) // timedelta(milliseconds=1)


def parse_rfc3339_parameter(text: str | None, *, param: str) -> int | None:
    """Parse an optional request parameter.

    Raises `validation_failed` for a date that does not exist.
    """
    at = None if text is None else parse_rfc3339(text)
    if text is not None and at is None:
        raise Invalid("Send an RFC 3339 time such as 2026-05-08T08:41:33.114Z.", param=param)
    return at


@lru_cache(4096)
def _format_seconds(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
