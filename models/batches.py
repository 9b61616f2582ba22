"""Long work in short transactions: how long one may take, and the pause after it."""

import time

import config

TRANSACTION_SECONDS = 0.05
PAUSE_SECONDS = 0.12  # longer than SQLite's longest interval between two polls for a lock


class TimeLimit:
    """The time of one transaction. It begins with the object."""

    def __init__(self) -> None:
        self._ends_at = time.monotonic() + TRANSACTION_SECONDS

    @property
    def has_passed(self) -> bool:
        return time.monotonic() >= self._ends_at


def yield_to_writers() -> None:
    """Pause after a transaction, so that waiting writers get a turn.

    SQLite lock waiters poll (up to 100 ms apart) and are not queued.
    """
    if config.is_sqlite():
        time.sleep(PAUSE_SECONDS)
