"""Rate-limit storage: Redis, a SQLite file that several processes share, or memory."""

import fcntl
import sqlite3
import time
from pathlib import Path
from typing import Any

from limits.aio.storage import MovingWindowSupport, RedisStorage, Storage
from limits.storage import storage_from_string

import config

FORGOTTEN_AFTER_SECONDS = 3600
SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (key TEXT NOT NULL, at REAL NOT NULL, amount INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS entry_key ON entry (key, at)
"""


def open_storage() -> Any:
    """Open the storage that WTH_RATE_LIMIT_URL names. Its operations raise StorageError while it is unavailable."""
    url = config.RATE_LIMIT_URL or _default_url()
    if url.startswith("redis"):
        return storage_from_string(f"async+{url}", implementation="redispy", wrap_exceptions=True)
    return SqliteStorage(config.sqlite_path(url)) if url.startswith("sqlite") else storage_from_string(f"async+{url}")


def _default_url() -> str:
    """One limit across all web processes, whatever their number, without another server."""
    if config.QUEUE_URL.startswith("redis"):
        return config.QUEUE_URL
    return (
        f"sqlite://{config.sqlite_path(config.QUEUE_URL).with_name('counters.db')}"
        if config.WEB_WORKERS > 1
        else "memory://"
    )


async def close_storage(storage: Any) -> None:
    """Gives connections back; for memory there is nothing to do."""
    if isinstance(storage, RedisStorage):
        bridge: Any = storage.bridge  # its clients differ
        await bridge.get_connection().aclose()
    elif isinstance(storage, SqliteStorage):
        storage.file.close()


class SqliteStorage(Storage, MovingWindowSupport):
    """Moving windows in a SQLite file next to the queue. What it forgets at a power cut is a minute of counts."""

    STORAGE_SCHEME = ["wth-file"]  # noqa: RUF012 - declared so by limits

    def __init__(self, path: Path) -> None:
        super().__init__("wth-file://", wrap_exceptions=True)
        config.make_folder(path.parent)
        with path.with_suffix(".opening").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # SQLite fails at once where two make a new file WAL together
            self.file = _opened(path)

    @property
    def base_exceptions(self) -> type[Exception]:
        return sqlite3.Error

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Counts `amount` if the window has room for it; one writer at a time over all processes."""
        now = time.time()
        self.file.execute("BEGIN IMMEDIATE")
        try:
            self.file.execute("DELETE FROM entry WHERE key = ? AND at <= ?", (key, now - expiry))
            used = self._used(key, now - expiry)[1]
            if used + amount <= limit:
                self.file.execute("INSERT INTO entry VALUES (?, ?, ?)", (key, now, amount))
            return used + amount <= limit
        finally:
            self.file.execute("COMMIT")

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        now = time.time()
        oldest, used = self._used(key, now - expiry)
        return oldest if oldest is not None else now, used

    def _used(self, key: str, since: float) -> tuple[float | None, int]:
        query = "SELECT min(at), coalesce(sum(amount), 0) FROM entry WHERE key = ? AND at > ?"
        oldest, used = self.file.execute(query, (key, since)).fetchone()
        return oldest, used

    async def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        raise TypeError("Only moving windows are counted here.")

    async def get(self, key: str) -> int:
        raise TypeError("Only moving windows are counted here.")

    async def get_expiry(self, key: str) -> float:
        raise TypeError("Only moving windows are counted here.")

    async def check(self) -> bool:
        return bool(self.file.execute("SELECT 1").fetchone())

    async def reset(self) -> int | None:
        return int(self.file.execute("DELETE FROM entry").rowcount)

    async def clear(self, key: str) -> None:
        self.file.execute("DELETE FROM entry WHERE key = ?", (key,))


def _opened(path: Path) -> sqlite3.Connection:
    file = sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False)
    file.execute("PRAGMA journal_mode = WAL")
    file.execute("PRAGMA synchronous = OFF")
    file.executescript(SCHEMA)
    file.execute("DELETE FROM entry WHERE at < ?", (time.time() - FORGOTTEN_AFTER_SECONDS,))
    return file
