"""Rate-limit storage: Redis, a SQLite file that processes share, or memory.

Times are on a monotonic clock, which all processes of a machine share. So a system clock that is set back makes no
window longer.
"""

import sqlite3
import time
from functools import partial
from importlib import import_module
from pathlib import Path

import config
from config.replaceable_file import ReplaceableFile
from contract.rate_limit_memory import MemoryWindows
from contract.rate_limit_windows import WindowStorage, outage

RETENTION_SECONDS = 300  # longer than any window
HITS_PER_CLEANUP = 1000
SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (key TEXT NOT NULL, at REAL NOT NULL, amount INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS entry_key ON entry (key, at)
"""
PROBE = "SELECT key, at, amount FROM entry LIMIT 1"


def open_storage() -> WindowStorage:
    """Open the storage that WTH_RATE_LIMIT_URL names.

    Its operations raise StorageError while it is unavailable.
    """
    url = config.RATE_LIMIT_URL or _default_url()
    if url.startswith("redis"):
        storage: WindowStorage = import_module("contract.rate_limit_redis").RedisWindows(url)
        return storage
    return SqliteStorage(config.sqlite_path(url)) if url.startswith("sqlite") else MemoryWindows()


def _default_url() -> str:
    """Choose a storage that all web processes share and that needs no other server."""
    if config.QUEUE_URL.startswith("redis"):
        return config.QUEUE_URL
    return (
        f"sqlite://{config.sqlite_path(config.QUEUE_URL).with_name('counters.db')}"
        if config.WEB_WORKERS > 1
        else "memory://"
    )


class SqliteStorage(WindowStorage):
    """Moving windows in a SQLite file that processes share.

    A power failure loses at most one minute of counts.
    """

    STORAGE_SCHEME = ["wth-file"]  # noqa: RUF012 - limits declares it as a plain list

    def __init__(self, path: Path) -> None:
        super().__init__("wth-file://", wrap_exceptions=True)
        self._hits = 0
        self._file = ReplaceableFile(path, schema=SCHEMA, probe=PROBE)
        self._file.prepare_at_start()
        self._open()

    def _open(self) -> None:
        self.connection = self._file.open(self._connect)
        self.connection.execute("PRAGMA synchronous = OFF")
        self._delete_unusable()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._file.path, timeout=5, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        return connection

    def _delete_unusable(self) -> None:
        """Delete entries that are old, or from before the machine's last start.

        The clock begins with the machine, so the latter are in its future. It is read under the lock: entries that
        other processes write meanwhile must not seem to be in the future.
        """
        self.connection.execute("BEGIN IMMEDIATE")
        with self.connection:
            now = time.monotonic()
            self.connection.execute("DELETE FROM entry WHERE at < ? OR at > ?", (now - RETENTION_SECONDS, now))

    def _reopen(self) -> None:
        self._file.prepare()
        self.connection.close()
        self._open()

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count `amount` and return True if the window has capacity.

        `expiry` is the length of the window in seconds.
        """
        return self._file.recover(partial(self._acquire, key, limit, expiry, amount), self._reopen)

    def _acquire(self, key: str, limit: int, expiry: int, amount: int) -> bool:
        """Count in a transaction: BEGIN IMMEDIATE admits one writer at a time."""
        self.connection.execute("BEGIN IMMEDIATE")
        with self.connection:  # commits, or rolls back after an error
            now = time.monotonic()  # after the wait for the lock, so that times are in the order of the entries
            self._clean_up(now)
            self.connection.execute("DELETE FROM entry WHERE key = ? AND at <= ?", (key, now - expiry))
            used = self._used(key, now - expiry)[1]
            if used + amount <= limit:
                self.connection.execute("INSERT INTO entry VALUES (?, ?, ?)", (key, now, amount))
        outage.record_success()
        return used + amount <= limit

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = time.monotonic()
        oldest, used = self._file.recover(partial(self._used, key, now - expiry), self._reopen)
        return time.time() - (now - (now if oldest is None else oldest)), used

    def _clean_up(self, now: float) -> None:
        """Delete entries of keys that are no longer used, from time to time."""
        self._hits += 1
        if self._hits % HITS_PER_CLEANUP == 0:
            self.connection.execute("DELETE FROM entry WHERE at < ?", (now - RETENTION_SECONDS,))

    def _used(self, key: str, since: float) -> tuple[float | None, int]:
        query = "SELECT min(at), coalesce(sum(amount), 0) FROM entry WHERE key = ? AND at > ?"
        oldest, used = self.connection.execute(query, (key, since)).fetchone()
        return oldest, used

    async def close(self) -> None:
        self.connection.close()

    async def check(self) -> bool:
        return bool(self.connection.execute("SELECT 1").fetchone())

    async def reset(self) -> int | None:
        return int(self.connection.execute("DELETE FROM entry").rowcount)

    async def clear(self, key: str) -> None:
        self.connection.execute("DELETE FROM entry WHERE key = ?", (key,))
