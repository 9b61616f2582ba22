"""Short reads on the event loop: what runs there, and what goes to a thread."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest

import config
from models import quick_read
from models.database import db
from models.quick_read import read_version, run_read
from tests.cast import Cast

pytestmark = pytest.mark.skipif(not config.is_sqlite(), reason="on PostgreSQL every read waits for the network")

LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT count(*) FROM n"


@pytest.fixture(autouse=True)
def no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quick_read, "_slow_until", {})


@pytest.fixture
def threads() -> list[str]:
    """The thread of each call of `note_thread`."""
    return []


def run(*works: Callable[[], Any]) -> list[Any]:
    """Run reads of one dealer on an event loop, one after another."""

    async def run_all() -> list[Any]:
        return [await run_read(work, dealer_id="dlr_1") for work in works]

    results: list[Any] = []
    loop = threading.Thread(target=lambda: results.extend(asyncio.run(run_all())), name="loop")
    loop.start()
    loop.join()
    return results


def noting(threads: list[str], sql: str) -> Callable[[], Any]:
    def work() -> Any:
        threads.append(threading.current_thread().name.partition("_")[0])
        return db.execute_sql(sql).fetchone()[0]

    return work


def test_short_read_stays_on_the_loop(threads: list[str]) -> None:
    assert run(noting(threads, "SELECT 7")) == [7]
    assert threads == ["loop"]


def test_long_read_is_stopped_and_its_dealer_reads_on_threads_for_a_while(
    threads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quick_read, "MAX_SECONDS", 0.001)
    monkeypatch.setattr(quick_read, "MEMORY_SECONDS", 60)
    assert run(noting(threads, LONG), noting(threads, "SELECT 7")) == [300_000, 7]
    assert threads == ["loop", "handler", "handler"]


def test_write_on_the_loop_is_repeated_on_a_thread(cast: Cast, threads: list[str]) -> None:
    work = noting(threads, "UPDATE dealer SET name = 'Written' RETURNING name")
    assert run(work) == ["Written"]
    assert threads == ["loop", "handler"]


def test_version_changes_with_any_write(cast: Cast) -> None:
    versions = run(read_version, read_version)
    assert versions[0] == versions[1] is not None

    async def read_around_a_write() -> list[Any]:
        before = await run_read(read_version, dealer_id="dlr_1")
        with closing(sqlite3.connect(config.sqlite_path(config.DATABASE_URL))) as other:
            other.execute("UPDATE dealer SET name = 'Changed'")
            other.commit()
        return [before, await run_read(read_version, dealer_id="dlr_1")]

    results: list[Any] = []
    loop = threading.Thread(target=lambda: results.extend(asyncio.run(read_around_a_write())))
    loop.start()
    loop.join()
    assert results[0] != results[1]


def test_thread_has_no_version() -> None:
    assert read_version() is None
