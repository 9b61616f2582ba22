"""The doorbell's wires: two huey queues, on SQLite or Redis. What is lost here is found again by the sweep."""

import sqlite3
import threading
import time
from typing import Any

from huey import Huey, RedisHuey
from huey.serializer import SignedSerializer
from huey.storage import SqliteStorage

import config

POLL_SECONDS = 0.01
READ_SECONDS = 1.0


class WakingSqliteStorage(SqliteStorage):  # type: ignore[misc] # huey ships no types
    """SQLite cannot notify. A task of this process wakes a worker at once; for tasks of other processes one worker
    looks every 10 ms while the others sleep (the stock storage polls with pauses of up to 10 s)."""

    blocking = True

    def __init__(self, *args: Any, **options: Any) -> None:
        self._awake = threading.Condition()
        self._has_lookout = False
        super().__init__(*args, **options)

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        connection.execute("PRAGMA synchronous = NORMAL")  # the rows are the promise, not the queue
        return connection

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        super().enqueue(data, priority)
        with self._awake:
            if self._has_lookout:
                self._awake.notify_all()
            else:
                self._awake.notify()

    def dequeue(self) -> bytes | None:
        message = self._take()
        if message is None:
            self._wait()
            message = self._take()
        return message

    def _take(self) -> bytes | None:
        message: bytes | None = super().dequeue()
        if message is not None:
            with self._awake:
                if not self._has_lookout:
                    self._awake.notify()  # hand the lookout on, or nobody looks while this task runs
        return message

    def _wait(self) -> None:
        ends_at = time.monotonic() + READ_SECONDS
        with self._awake:
            if self._has_lookout:
                self._awake.wait(READ_SECONDS)
                return
            self._has_lookout = True
            try:
                while time.monotonic() < ends_at and not self._has_message():
                    self._awake.wait(POLL_SECONDS)
            finally:
                self._has_lookout = False
                self._awake.notify()

    def _has_message(self) -> bool:
        return bool(self.sql("SELECT 1 FROM task WHERE queue = ? LIMIT 1", (self.name,), results=True))


def _queue(name: str) -> Huey:
    serializer = SignedSerializer(secret=config.secret_key(), salt="queue")
    options: dict[str, Any] = {"results": False, "serializer": serializer}
    if config.QUEUE_URL.startswith("redis"):
        return RedisHuey(name, url=config.QUEUE_URL, **options)
    path = config.sqlite_path(config.QUEUE_URL)
    config.make_folder(path.parent)
    return Huey(name, storage_class=WakingSqliteStorage, filename=str(path), **options)


fast_lane = _queue("wth-first")  # wake-ups, first attempts, the quick retry
slow_lane = _queue("wth-late")  # late retries and endpoints that fail: they cannot take the first lane's workers

max_waiting_slow = 8  # of a worker: its late threads, so that each waits for one attempt, which is less than a lease


def free_probe_slots() -> int:
    """How many more requests to failing endpoints the late lane takes. What waits in the rows instead keeps its turn,
    and its lease does not run out."""
    return int(max_waiting_slow - slow_lane.pending_count())


def free_retry_slots() -> int:
    """The same for late retries at endpoints that answer: half is left to probes, or a flood would keep those out."""
    return free_probe_slots() - max_waiting_slow // 2


def count_waiting() -> int:
    """Tasks waiting in both lanes; raises what the storage raises when it cannot be reached."""
    return int(fast_lane.pending_count() + slow_lane.pending_count())
