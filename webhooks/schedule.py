"""When a failed delivery is tried again."""

import random
import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

# DELAYS[n] is the wait between attempt n and the next; the first attempt is made at once.
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
LONGEST_BLOCKING_WAIT = timedelta(minutes=5)

_DELTA_SECONDS = re.compile(r"[0-9]{1,100}")


def next_delay(attempt: int, *, rng: random.Random, retry_after: timedelta | None = None) -> timedelta | None:
    """The wait after failed attempt number `attempt` (from 1), or None when it was the last.
    `retry_after` can only postpone, by 24 hours at most.
    """
    if attempt < 1:
        raise ValueError(f"Attempts count from 1, not {attempt}.")
    if attempt >= MAX_ATTEMPTS:
        return None
    delay = DELAYS[attempt] * rng.uniform(1 - JITTER, 1 + JITTER)
    return max(delay, min(retry_after or timedelta(0), MAX_RETRY_AFTER))


def retry_after(status: int | None, value: str | None, *, now: datetime) -> timedelta | None:
    """The wait that a `Retry-After` header asks for (RFC 9110, 10.2.3): seconds or a date, on 429 and
    503 only. None when there is none, when it makes no sense, and when its date has passed.
    """
    if status not in (429, 503) or value is None:
        return None
    value = value.strip(" \t")
    if _DELTA_SECONDS.fullmatch(value):
        return timedelta(seconds=min(int(value), int(MAX_RETRY_AFTER.total_seconds())))
    return _until(value, now)


def blocks_order(attempt: int, delay: timedelta) -> bool:
    """Whether later deliveries of the same resource wait for the try that follows `attempt` after
    `delay`: they do while that wait is at most five minutes, jitter aside.
    """
    nominal = DELAYS[attempt] if attempt < MAX_ATTEMPTS else timedelta.max
    return nominal <= LONGEST_BLOCKING_WAIT and delay <= LONGEST_BLOCKING_WAIT * (1 + JITTER)


def _until(date: str, now: datetime) -> timedelta | None:
    try:
        moment = parsedate_to_datetime(date)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:  # the asctime form names no zone; HTTP dates are UTC
        moment = moment.replace(tzinfo=UTC)
    wait = moment - now
    return min(wait, MAX_RETRY_AFTER) if wait >= timedelta(0) else None
