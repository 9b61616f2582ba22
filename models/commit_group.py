"""Group commit on SQLite: writes that wait share one transaction.

SQLite has one writer at a time and one fsync per commit, so a thread for each write would only wait. Here one thread
runs them all, each in a savepoint: one that fails changes nothing and costs the others nothing. All get their results
after the commit.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from models.call_queue import CallQueue, ShareExhausted
from models.database import connection
from models.sqlite import Sqlite
from models.write_turn import LONG_SECONDS, owner_of_writes

MAX_SECONDS = LONG_SECONDS  # of CPU time in a transaction, after which no other write joins it


@dataclass(eq=False)
class Write:
    """One write, and what became of it.

    `work` runs in a transaction and returns its result and whether it has changed anything. `after_commit` is called
    once for all changes of an owner in it. `done` is set to True when there is a result.
    """

    owner: str
    work: Callable[[], tuple[Any, bool]]
    after_commit: Callable[[], None]
    done: "asyncio.Future[bool]"
    value: Any = None
    has_changed: bool = False
    error: BaseException | None = None

    def result(self) -> Any:
        """Return what `work` returned, or raise what it raised."""
        if self.error is not None:
            raise self.error
        return self.value


class CommitGroup:
    """The writes of one process, which owners give in turns."""

    def __init__(self, sqlite: Sqlite) -> None:
        self.sqlite = sqlite
        self.waiting: CallQueue[Write] = CallQueue()
        self._lock = threading.Lock()
        self.executor = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._is_running = False

    def submit(self, write: Write) -> None:
        """Run a write soon.

        Raises `service_unavailable` while too many of its owner wait.
        """
        with self._lock:
            self.waiting.put(write)
            is_idle, self._is_running = not self._is_running, True
        if is_idle:
            self.executor.submit(self._run)

    def expire(self, write: Write) -> None:
        """End the wait of a write that has not started: it raises `service_unavailable`."""
        with self._lock:
            is_waiting = self.waiting.withdraw(write)
        if is_waiting:
            write.error = ShareExhausted()
            _finish([write])

    def _run(self) -> None:
        while write := self._take(is_last=True):
            members: list[Write] = []
            try:
                self._commit(write, members)
            except BaseException as error:
                for member in members or [write]:
                    member.error = member.error or error
            _finish(members or [write])

    def _take(self, *, is_last: bool = False) -> Write | None:
        """Take the next write; `is_last` is True if the thread ends when there is none."""
        with self._lock:
            write = self.waiting.take()
            self._is_running = not (write is None and is_last)
            return write

    def _commit(self, first: Write, members: list[Write]) -> None:
        """Run writes in one transaction, and add them to `members`."""
        owner_of_writes.set(first.owner)
        with connection():
            with self.sqlite.atomic():
                for write in self._join(first):
                    members.append(write)
                    self._run_in_savepoint(write)
            for call in {write.owner: write.after_commit for write in members if write.has_changed}.values():
                call()

    def _join(self, first: Write) -> Iterator[Write]:
        """Yield the writes of a transaction, whose turn each of them has."""
        started_at = time.thread_time()
        write: Write | None = first
        while write is not None:
            self.sqlite.hand_turn_to(write.owner)
            yield write
            is_over = time.thread_time() - started_at > MAX_SECONDS
            write = None if is_over else self._take()

    def _run_in_savepoint(self, write: Write) -> None:
        try:
            with connection(), self.sqlite.savepoint():
                write.value, write.has_changed = write.work()
        except BaseException as error:
            write.error, write.has_changed = error, False
            if not self.sqlite.has_transaction():  # SQLite has rolled back the writes of all, as on a full disk
                raise


def _finish(writes: list[Write]) -> None:
    """Tell each event loop once that its requests have their results."""
    by_loop: dict[asyncio.AbstractEventLoop, list[Write]] = {}
    for write in writes:
        by_loop.setdefault(write.done.get_loop(), []).append(write)
    for loop, own in by_loop.items():
        loop.call_soon_threadsafe(_set_done, own)


def _set_done(writes: list[Write]) -> None:
    for write in writes:
        if not write.done.done():  # its request may have been cancelled
            write.done.set_result(True)
