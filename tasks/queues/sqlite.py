"""Queue backend on SQLite: a separate file, with wake-ups inside a process."""

import sqlite3
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

from huey import Huey
from huey.storage import SqliteStorage

import config
from config.replaceable_file import ReplaceableFile
from tasks.queues.guarded import READ_SECONDS, GuardedStorage

POLL_SECONDS = 0.01
SCHEMA = ";".join(SqliteStorage.ddl)
PROBE = """
SELECT id, queue, data, priority FROM task LIMIT 1;
SELECT id, queue, data, timestamp FROM schedule LIMIT 1;
SELECT queue, key, value FROM kv LIMIT 1
"""


class WakingSqliteStorage(SqliteStorage):  # type: ignore[misc] # huey ships no types
    """Storage with a blocking read, although SQLite cannot notify.

    A message enqueued by this process wakes one thread at once. For messages of other processes, one thread polls every
    10 ms while the others sleep. huey's own storage polls with pauses of up to 10 s.
    """

    blocking = True

    def __init__(self, *args: Any, filename: str, **options: Any) -> None:
        self._awake = threading.Condition()
        self._has_poller = False
        self._file = ReplaceableFile(Path(filename), schema=SCHEMA, probe=PROBE)
        super().__init__(*args, filename=filename, **options)

    def initialize_schema(self) -> None:
        self._file.prepare_at_start()

    def _create_connection(self) -> sqlite3.Connection:
        connection = self._file.open(super()._create_connection)
        connection.execute("PRAGMA synchronous = NORMAL")  # messages may be lost: the outbox rows are durable
        return connection

    def _reopen(self) -> None:
        self._file.prepare()
        with self.lock:
            connection, self._conn = self._conn, None  # type: ignore[has-type] # huey ships no types
            if connection is not None:
                connection.close()

    def sql(self, *args: Any, **options: Any) -> Any:
        return self._file.recover(partial(super().sql, *args, **options), self._reopen)

    def read_schedule(self, ts: Any) -> list[bytes]:
        messages: list[bytes] = self._file.recover(partial(super().read_schedule, ts), self._reopen)
        return messages

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        super().enqueue(data, priority)
        with self._awake:
            if self._has_poller:
                self._awake.notify_all()
            else:
                self._awake.notify()

    def dequeue(self) -> bytes | None:
        """Take a message; waits up to READ_SECONDS for one."""
        message = self._take()
        if message is None:
            self._wait()
            message = self._take()
        return message

    def _take(self) -> bytes | None:
        message: bytes | None = self._file.recover(super().dequeue, self._reopen)
        if message is not None:
            with self._awake:
                if not self._has_poller:
                    self._awake.notify()  # another thread must poll while this one runs its task
        return message

    def _wait(self) -> None:
        deadline = time.monotonic() + READ_SECONDS
        with self._awake:
            if self._has_poller:
                self._awake.wait(READ_SECONDS)
                return
            self._has_poller = True
            try:
                while time.monotonic() < deadline and not self._has_message():
                    self._awake.wait(POLL_SECONDS)
            finally:
                self._has_poller = False
                self._awake.notify()

    def _has_message(self) -> bool:
        return bool(self.sql("SELECT 1 FROM task WHERE queue = ? LIMIT 1", (self.name,), results=True))


class GuardedSqliteStorage(GuardedStorage, WakingSqliteStorage):
    """Waking storage, with few log lines while its file is unusable."""

    errors = (sqlite3.Error,)


def open_queue(name: str, **options: Any) -> Huey:
    """Open a queue in the file of WTH_QUEUE_URL; create what is missing."""
    path = config.sqlite_path(config.QUEUE_URL)
    return Huey(name, storage_class=GuardedSqliteStorage, filename=str(path), **options)
