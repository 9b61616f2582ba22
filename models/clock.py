"""The injectable clock, and times as integers: milliseconds since 1970 in UTC."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import overload

from errors import Invalid

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

wall_clock: Callable[[], float] = time.time  # tests replace it


def now() -> int:
    """Milliseconds since 1970 in UTC: the unit of every `_at` column."""
    return int(wall_clock() * 1000)


@overload
def format_rfc3339(at: int) -> str: ...
@overload
def format_rfc3339(at: int | None) -> str | None: ...
def format_rfc3339(at: int | None) -> str | None:
    """`2026-05-08T08:41:33.114Z`, the only way in which times leave the hub."""
    if at is None:
        return None
    return f"{_to_the_second(at // 1000)}.{at % 1000:03d}Z"


def parse_rfc3339(text: str | None, *, param: str) -> int | None:
    """An RFC 3339 time as ms. Raises `validation_failed` for a time that no calendar has (a leap second, say)."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        raise Invalid("Give an RFC 3339 time such as 2026-05-08T08:41:33.114Z.", param=param) from None
    return (moment - EPOCH) // timedelta(milliseconds=1)


@lru_cache(4096)
def _to_the_second(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}"
