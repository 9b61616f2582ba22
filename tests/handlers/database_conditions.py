"""Database conditions: a concurrent writer, short lock timeouts, corrupt rows, dropped connections."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

import config
from models.database import db
from models.postgres import Postgres
from models.thread_pool import HANDLERS
from models.write import GROUP


@contextmanager
def concurrent_writer(dealer_id: str = "%") -> Iterator[None]:
    """Hold a write transaction on another connection, which other writers have to wait for.

    On PostgreSQL those of one dealer, if given; on SQLite all.
    """
    with closing(_connect()) as other:
        lock = f"SELECT id FROM dealer WHERE id LIKE '{dealer_id}' FOR UPDATE"
        other.execute("BEGIN IMMEDIATE" if config.is_sqlite() else lock)
        yield
        other.rollback()


@contextmanager
def request_log_in_use() -> Iterator[None]:
    """Hold a lock that the next write to the API request log has to wait for."""
    with closing(_connect()) as other:
        other.execute("BEGIN IMMEDIATE" if config.is_sqlite() else "LOCK TABLE api_request_usage")
        yield
        other.rollback()


@contextmanager
def short_lock_timeout(milliseconds: int = 200) -> Iterator[None]:
    """Make the hub's threads wait this long for other writers instead of ten seconds."""
    if config.is_sqlite():
        _on_every_thread(f"PRAGMA busy_timeout = {milliseconds}")
        yield
        _on_every_thread("PRAGMA busy_timeout = 10000")
        return
    assert isinstance(db, Postgres)
    default = db.begin_statement
    db.begin_statement = f"BEGIN; SET LOCAL lock_timeout = {milliseconds}"
    yield
    db.begin_statement = default


@contextmanager
def exhausted_pool() -> Iterator[None]:
    """Leave the hub no PostgreSQL connection: the test's own is the only one."""
    assert isinstance(db, Postgres)
    maximum, wait_seconds = db._max_connections, db._wait_timeout
    db.close_idle()
    db._max_connections, db._wait_timeout = len(db._in_use), 0.1
    yield
    db._max_connections, db._wait_timeout = maximum, wait_seconds


@contextmanager
def full_disk() -> Iterator[None]:
    """Let SQLite report a full disk to the hub's threads as soon as the file would grow."""
    db.execute_sql("VACUUM")  # leaves no free pages
    _on_every_thread("PRAGMA max_page_count = 1")
    yield
    _on_every_thread("PRAGMA max_page_count = 1073741823")


@contextmanager
def read_only() -> Iterator[None]:
    """Let SQLite reject the writes of the hub's threads, as on a disk that is mounted read-only."""
    _on_every_thread("PRAGMA query_only = 1")
    yield
    _on_every_thread("PRAGMA query_only = 0")


def corrupt_photos(listing_id: str, photos: str) -> None:
    """Write a raw value into the JSON column `photos`; reading it fails unless it is JSON."""
    db.execute_sql(f"UPDATE listing SET photos = {db.param} WHERE id = {db.param}", (photos, listing_id))


def drop_connections() -> None:
    """Drop the hub's PostgreSQL connections, as a restart of the server would; keep the test's own."""
    own_pid = db.execute_sql("SELECT pg_backend_pid()").fetchone()
    with psycopg.connect(config.DATABASE_URL, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid NOT IN (pg_backend_pid(), %s)",
            own_pid,
        )


def _connect() -> "sqlite3.Connection | psycopg.Connection":
    if config.is_sqlite():
        return sqlite3.connect(config.sqlite_path(config.DATABASE_URL), isolation_level=None, timeout=5)
    return psycopg.connect(config.DATABASE_URL)


def _on_every_thread(statement: str) -> None:
    barrier = threading.Barrier(config.WEB_THREADS, timeout=10)

    def run() -> None:
        barrier.wait()
        db.execute_sql(statement)

    futures = [HANDLERS.executor.submit(run) for _ in range(config.WEB_THREADS)]
    if GROUP is not None:
        futures.append(GROUP.executor.submit(db.execute_sql, statement))
    for future in futures:
        future.result()
