"""Safe retries: exponential backoff with jitter that honors Retry-After.

Only requests that the hub did not execute, or that it replays by their Idempotency-Key, are sent again.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Callable

from watchtraderhub._base_errors import ApiConnectionError, StatusError, WatchTraderHubError

RETRIED_STATUSES = frozenset({429, 500, 502, 503, 504})
FIRST_DELAY_SECONDS = 0.5
LONGEST_DELAY_SECONDS = 8.0


@dataclass(frozen=True)
class RetryPolicy:
    """`max_retries` is the number of attempts after the first. `sleep` takes seconds, `jitter` gives 0 to 1.

    An error whose Retry-After is longer than `max_retry_after` seconds is raised at once: the caller can plan such a
    wait better.
    """

    max_retries: int = 4
    sleep: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random
    max_retry_after: float = 60.0

    def delay(self, attempt: int, error: WatchTraderHubError) -> float | None:
        """The seconds to wait after attempt number `attempt` (from 0); None if the error is final."""
        if attempt >= self.max_retries or not is_retryable(error):
            return None
        retry_after = error.retry_after if isinstance(error, StatusError) else None
        if retry_after is None:
            return self.backoff(attempt)
        # up to a second of jitter, so that many clients do not return in the same moment
        return retry_after + self.jitter() if retry_after <= self.max_retry_after else None

    def backoff(self, attempt: int) -> float:
        """The seconds to wait after attempt number `attempt` (from 0), without a word from the hub."""
        exponent = min(attempt, 10)  # enough for the longest delay
        return min(FIRST_DELAY_SECONDS * 2.0**exponent, LONGEST_DELAY_SECONDS) * (0.5 + self.jitter() / 2)


def is_retryable(error: WatchTraderHubError) -> bool:
    """Whether the same request may succeed later."""
    if isinstance(error, ApiConnectionError):
        return True
    if not isinstance(error, StatusError) or error.code == "too_many_failed_attempts":  # the key is wrong
        return False
    return error.status in RETRIED_STATUSES or error.code == "idempotency_key_in_use"


def parse_retry_after(value: str | None) -> float | None:
    """Parse a Retry-After header, seconds or a date (RFC 9110 section 10.2.3); None if it is missing or invalid."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    at = at if at.tzinfo else at.replace(tzinfo=timezone.utc)
    return max(0.0, (at - datetime.now(timezone.utc)).total_seconds())
