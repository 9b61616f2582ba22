"""Long work in short transactions: how long one may take, and the pause after it."""

import time

import config

TRANSACTION_SECONDS = 0.05
# A SQLite writer that waits for a transaction of 50 ms polls at most 25 ms apart.
PAUSE_SECONDS = 0.06


class TimeLimit:
    """The time of one transaction. It begins with the object."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + TRANSACTION_SECONDS

    @property
    def has_passed(self) -> bool:
        return time.monotonic() >= self._ends_at


def yield_to_writers(seconds: float | None = None) -> None:
    """Pause after a transaction, so that waiting writers get a turn.

    SQLite lock waiters poll and are not queued.
    """
    if config.is_sqlite():
        time.sleep(PAUSE_SECONDS if seconds is None else seconds)
