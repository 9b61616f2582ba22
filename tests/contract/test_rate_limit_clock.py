"""The system clock is set back: no rate limit and no lockout gets longer than its window."""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter

import config
from contract.rate_limit_memory import MemoryWindows
from contract.rate_limit_redis import RedisWindows
from contract.rate_limit_storage import SqliteStorage

HOUR_SECONDS = 3600
LIMIT = RateLimitItemPerMinute(3)
needs_redis = pytest.mark.skipif(not config.QUEUE_URL.startswith("redis"), reason="needs a Redis server")


def run(storage: Any, work: "Coroutine[Any, Any, None]") -> None:
    """Run `work` and close the storage in the same event loop, which its connections belong to."""

    async def run_and_close() -> None:
        try:
            await work
        finally:
            await storage.close()

    asyncio.run(run_and_close())


@pytest.mark.parametrize("kind", ["memory", "file", pytest.param("redis", marks=needs_redis)])
def test_used_up_limit_resets_within_its_window(kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storages: dict[str, Callable[[], Any]] = {
        "memory": MemoryWindows,
        "file": lambda: SqliteStorage(tmp_path / "counters.db"),
        "redis": lambda: RedisWindows(config.QUEUE_URL),
    }
    storage = storages[kind]()
    limiter, real_time = MovingWindowRateLimiter(storage), time.time

    async def use_up() -> None:
        key = str(tmp_path)
        assert [await limiter.hit(LIMIT, key) for _ in range(4)] == [True, True, True, False]
        monkeypatch.setattr(time, "time", lambda: real_time() - HOUR_SECONDS)
        resets_at, remaining = await limiter.get_window_stats(LIMIT, key)
        monkeypatch.undo()
        assert remaining == 0
        assert 55 < resets_at - (real_time() - HOUR_SECONDS) <= 60.1

    run(storage, use_up())


@needs_redis
def test_clock_of_redis_that_is_set_back_lengthens_no_window(tmp_path: Path) -> None:
    storage = RedisWindows(config.QUEUE_URL)
    key = LIMIT.key_for(str(tmp_path))

    async def set_back() -> None:
        ahead = int((time.time() + HOUR_SECONDS) * 1000)
        await storage.redis.rpush(f"wth-window:{key}", f"{ahead} 3")
        assert not await storage.acquire_entry(key, 3, 60)
        began_at, used = await storage.get_moving_window(key, 3, 60)
        assert used == 3
        assert abs(began_at - time.time()) < 5
        assert 0 < await storage.redis.pttl(f"wth-window:{key}") <= 60_000

    run(storage, set_back())


@needs_redis
def test_no_list_in_redis_grows_with_a_large_limit(tmp_path: Path) -> None:
    storage = RedisWindows(config.QUEUE_URL)

    async def fill() -> None:
        for _ in range(200):
            assert await storage.acquire_entry(str(tmp_path), 1_000_000, 60, 5)
        assert (await storage.get_moving_window(str(tmp_path), 1_000_000, 60))[1] == 1000
        assert await storage.redis.llen(f"wth-window:{tmp_path}") < 50

    run(storage, fill())


def test_file_of_an_earlier_start_of_the_machine_locks_nobody_out(tmp_path: Path) -> None:
    """Its times are later than the monotonic clock, or seconds since 1970 as earlier versions wrote them."""
    SqliteStorage(tmp_path / "counters.db").connection.close()
    with closing(sqlite3.connect(tmp_path / "counters.db", isolation_level=None)) as other:
        other.execute("INSERT INTO entry VALUES (?, ?, ?)", (LIMIT.key_for("dlr_1"), time.time() - 1, 3))
    storage = SqliteStorage(tmp_path / "counters.db")

    async def hit() -> None:
        assert await MovingWindowRateLimiter(storage).hit(LIMIT, "dlr_1")

    run(storage, hit())


def test_memory_of_unused_keys_is_freed(monkeypatch: pytest.MonkeyPatch) -> None:
    storage, begin = MemoryWindows(), time.monotonic()

    async def use_other_keys() -> None:
        await storage.acquire_entry("old", 3, 60)
        monkeypatch.setattr(time, "monotonic", lambda: begin + 100)
        for _ in range(1000):
            await storage.acquire_entry("new", 3, 60)
        assert list(storage.windows) == ["new"]
        monkeypatch.undo()

    run(storage, use_other_keys())


def test_entries_of_unused_keys_are_deleted(tmp_path: Path) -> None:
    storage = SqliteStorage(tmp_path / "counters.db")

    async def use_other_keys() -> None:
        await storage.acquire_entry("old", 3, 60)
        storage.connection.execute("UPDATE entry SET at = at - 400")
        for _ in range(1000):
            await storage.acquire_entry("new", 3, 60)
        assert storage.connection.execute("SELECT DISTINCT key FROM entry").fetchall() == [("new",)]

    run(storage, use_other_keys())
