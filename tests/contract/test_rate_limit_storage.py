"""Rate-limit storage: web processes on one machine share one limit."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier

import pytest
from limits import RateLimitItemPerMinute
from limits.aio.strategies import MovingWindowRateLimiter

import config
from contract.rate_limit_memory import MemoryWindows
from contract.rate_limit_redis import RedisWindows
from contract.rate_limit_storage import SqliteStorage, open_storage
from tests.damage import DAMAGES, set_aside


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "counters.db"


@pytest.fixture
def processes(file: Path) -> Iterator[list[MovingWindowRateLimiter]]:
    """The limiters of three web processes."""
    storages = [SqliteStorage(file) for _ in range(3)]
    yield [MovingWindowRateLimiter(storage) for storage in storages]
    for storage in storages:
        storage.connection.close()


def hit(limiter: MovingWindowRateLimiter, limit: int, key: str = "dlr_1", cost: int = 1) -> bool:
    return asyncio.run(limiter.hit(RateLimitItemPerMinute(limit), key, cost=cost))


def remaining(limiter: MovingWindowRateLimiter, limit: int) -> int:
    return asyncio.run(limiter.get_window_stats(RateLimitItemPerMinute(limit), "dlr_1")).remaining


def test_processes_share_one_limit(processes: list[MovingWindowRateLimiter]) -> None:
    assert [hit(processes[number % 3], 5) for number in range(6)] == [True] * 5 + [False]
    assert {remaining(limiter, 5) for limiter in processes} == {0}


def test_integrations_are_counted_separately(processes: list[MovingWindowRateLimiter]) -> None:
    assert [hit(processes[0], 1, key) for key in ("dlr_1", "dlr_2", "dlr_1")] == [True, True, False]


def test_request_counts_its_tokens(processes: list[MovingWindowRateLimiter]) -> None:
    assert [hit(processes[0], 5, cost=2) for _ in range(3)] == [True, True, False]
    assert remaining(processes[1], 5) == 1
    assert hit(processes[2], 5)


def test_tokens_return_after_a_minute(processes: list[MovingWindowRateLimiter], file: Path) -> None:
    assert [hit(processes[0], 2) for _ in range(3)] == [True, True, False]
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("UPDATE entry SET at = at - 60 WHERE at = (SELECT min(at) FROM entry)")
    assert [remaining(processes[1], 2), hit(processes[1], 2), hit(processes[2], 2)] == [1, True, False]


def test_no_token_is_used_twice_under_load(file: Path) -> None:
    def process(_: int) -> int:
        storage = SqliteStorage(file)
        taken = sum(hit(MovingWindowRateLimiter(storage), 50) for _ in range(30))
        storage.connection.close()
        return taken

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(process, range(4))) == 50


def test_processes_that_start_together_share_a_new_file(tmp_path: Path) -> None:
    together = Barrier(6)

    def process(file: Path) -> SqliteStorage:
        together.wait()
        return SqliteStorage(file)

    with ThreadPoolExecutor(6) as pool:
        for start in range(60):
            for storage in list(pool.map(process, [tmp_path / str(start) / "counters.db"] * 6)):
                storage.connection.close()


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_file_is_set_aside_and_all_processes_share_a_new_one(
    processes: list[MovingWindowRateLimiter], file: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    assert [hit(limiter, 5) for limiter in processes] == [True] * 3
    DAMAGES[damage](file)
    SqliteStorage(file).connection.close()
    assert [hit(processes[number % 3], 5) for number in range(6)] == [True] * 5 + [False]
    assert len(set_aside(file)) == (damage != "deleted")
    assert caplog.text.count("is damaged") == (damage != "deleted")


@pytest.mark.parametrize(
    ("setting", "queue", "workers", "storage"),
    [
        ("", "sqlite:///srv/queue.db", 1, MemoryWindows),
        ("", "sqlite://{folder}/queue.db", 2, SqliteStorage),
        ("", "redis://127.0.0.1:6379/9", 1, RedisWindows),
        ("memory://", "redis://127.0.0.1:6379/9", 2, MemoryWindows),
        ("sqlite://{folder}/limits.db", "redis://127.0.0.1:6379/9", 1, SqliteStorage),
        ("redis://127.0.0.1:6379/8", "sqlite:///srv/queue.db", 1, RedisWindows),
    ],
)
def test_setting_chooses_the_storage_and_the_queue_only_its_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, setting: str, queue: str, workers: int, storage: type
) -> None:
    monkeypatch.setattr(config, "RATE_LIMIT_URL", setting.format(folder=tmp_path))
    monkeypatch.setattr(config, "QUEUE_URL", queue.format(folder=tmp_path))
    monkeypatch.setattr(config, "WEB_WORKERS", workers)
    opened = open_storage()
    assert type(opened) is storage
    asyncio.run(opened.close())
