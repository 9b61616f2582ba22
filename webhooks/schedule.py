"""Retry schedule: backoff with jitter, and the Retry-After header."""

import random
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# DELAYS[n] is the delay between attempt n and the next. The first attempt is made at once.
DELAYS: tuple[timedelta, ...] = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MAX_ATTEMPTS = len(DELAYS)
JITTER = 0.1
MAX_RETRY_AFTER = timedelta(hours=24)
MAX_BLOCKING_DELAY = timedelta(minutes=5)

_DELTA_SECONDS = re.compile(r"[0-9]{1,100}")
_JOINING_COMMA = re.compile(r"(?<=[0-9T]),")  # not the one after the weekday of a date


def next_delay(attempt: int, *, rng: random.Random, retry_after: timedelta | None = None) -> timedelta | None:
    """Return the delay after a failed attempt, or None after the last one.

    `attempt` is its number, from 1. `retry_after` can only lengthen the delay, to 24 hours at most. Raises ValueError
    for a number below 1.
    """
    if attempt < 1:
        raise ValueError(f"Invalid attempt={attempt}: attempts are numbered from 1.")
    if attempt >= MAX_ATTEMPTS:
        return None
    delay = DELAYS[attempt] * rng.uniform(1 - JITTER, 1 + JITTER)
    return max(delay, min(retry_after or timedelta(0), MAX_RETRY_AFTER))


def parse_retry_after(status: int | None, values: Iterable[str], *, now: datetime) -> timedelta | None:
    """Parse the Retry-After headers (RFC 9110 section 10.2.3) of a response.

    A value is seconds or a date. The longest delay counts, also of values that a proxy has joined with commas. Returns
    None without a valid value and for any status other than 429 and 503; a date in the past is not valid.
    """
    if status not in (429, 503):
        return None
    delays = (_parse_delay(part.strip(" \t"), now) for value in values for part in _JOINING_COMMA.split(value))
    return max((delay for delay in delays if delay is not None), default=None)


def blocks_order(attempt: int, delay: timedelta) -> bool:
    """Return True if later deliveries of the resource wait for the next retry.

    They wait for a delay of at most five minutes plus jitter; a longer delay lets them overtake. `attempt` is the
    number of the failed attempt, from 1; `delay` is the delay after it.
    """
    nominal = DELAYS[attempt] if attempt < MAX_ATTEMPTS else timedelta.max
    return nominal <= MAX_BLOCKING_DELAY and delay <= MAX_BLOCKING_DELAY * (1 + JITTER)


def _parse_delay(value: str, now: datetime) -> timedelta | None:
    if _DELTA_SECONDS.fullmatch(value):
        return timedelta(seconds=min(int(value), int(MAX_RETRY_AFTER.total_seconds())))
    return _parse_date(value, now)


def _parse_date(date: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # the asctime format has no time zone; HTTP dates are UTC
        moment = moment.replace(tzinfo=UTC)
    delay = moment - now
    return min(delay, MAX_RETRY_AFTER) if delay >= timedelta(0) else None
