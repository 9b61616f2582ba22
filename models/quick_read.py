"""Short reads on the event loop, without the way to a thread and back.

Only on SQLite. All requests share the event loop, so a read there has little time. One that needs more, waits for a
lock or fails is stopped and repeated on a thread, where each dealer has a share. A dealer whose reads take long reads
on threads for a while.
"""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import peewee

from config.database_file import DatabaseFileChanged
from models.database import db, outage
from models.sqlite import Sqlite
from models.thread_pool import run_in_thread, run_lookup

T = TypeVar("T")

MAX_SECONDS = 0.005
STEPS_PER_CHECK = 5_000  # of SQLite's virtual machine, which takes less than half a millisecond for them
MAX_AGE_SECONDS = 1.0  # of what is known of PostgreSQL's data
MEMORY_SECONDS = 1.0  # for which a dealer reads on threads after a long read
MAX_REMEMBERED = 10_000  # dealers


async def run_read(work: Callable[[], T], *, dealer_id: str = "") -> T:
    """Run a read of a dealer, or without one the lookup of a caller.

    It may run twice, so it changes nothing. Raises what `work` raises, and `service_unavailable` without a thread or a
    connection.
    """
    if isinstance(db, Sqlite) and not _is_slow(dealer_id):
        started_at = time.thread_time()
        try:
            with _loop_connection.limited(db):
                return work()
        except (peewee.DatabaseError, sqlite3.DatabaseError, DatabaseFileChanged):
            _remember(dealer_id)  # the thread repeats the read, and explains its error
        finally:
            if time.thread_time() - started_at > MAX_SECONDS:
                _remember(dealer_id)
    return await (run_in_thread(work, dealer_id=dealer_id) if dealer_id else run_lookup(work))


def read_version() -> tuple[Any, ...] | None:
    """Return a value that differs as soon as anything in the database changes.

    None on a thread on SQLite. On PostgreSQL, another process's change may take up to MAX_AGE_SECONDS.
    https://www.sqlite.org/pragma.html#pragma_data_version
    """
    if not isinstance(db, Sqlite):
        pool: Any = db  # of PostgreSQL, whose module is imported only where it is used
        return pool.version, int(time.monotonic() / MAX_AGE_SECONDS)
    driver = _loop_connection.driver
    if driver is None or not _loop_connection.is_reading:
        return None
    return driver, *driver.execute("PRAGMA data_version").fetchone()


class LoopConnection(threading.local):
    """The event loop's own connection, which cannot write and waits for nothing.

    Each thread has one, because each event loop has its thread.
    """

    driver: Any = None
    deadline = float("inf")

    @property
    def is_reading(self) -> bool:
        """Return True while a read runs, which has a deadline."""
        return self.deadline < float("inf")

    @contextmanager
    def limited(self, sqlite: Sqlite) -> Iterator[None]:
        """Stop a query that still runs after MAX_SECONDS.

        Raises errors of peewee and of the driver, and DatabaseFileChanged.
        """
        sqlite.file.check_for_reading()
        self._prepare(sqlite)
        self.deadline = time.perf_counter() + MAX_SECONDS
        try:
            yield
        finally:
            self.deadline = float("inf")
        outage.record_success()

    def _prepare(self, sqlite: Sqlite) -> None:
        driver = sqlite.driver()
        if driver is not self.driver:
            driver.execute("PRAGMA busy_timeout = 0")
            driver.execute("PRAGMA query_only = 1")
            driver.set_progress_handler(self._is_late, STEPS_PER_CHECK)
            self.driver = driver

    def _is_late(self) -> bool:
        return time.perf_counter() > self.deadline


_loop_connection = LoopConnection()
_slow_until: dict[str, float] = {}  # by dealer, in monotonic seconds


def _is_slow(dealer_id: str) -> bool:
    return _slow_until.get(dealer_id, 0.0) > time.monotonic()


def _remember(dealer_id: str) -> None:
    if dealer_id:
        _slow_until[dealer_id] = time.monotonic() + MEMORY_SECONDS
    if len(_slow_until) > MAX_REMEMBERED:
        _slow_until.clear()
