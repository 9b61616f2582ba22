"""A database under stress: someone else writes, waits are short, connections are cut."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

import config
from models.database import db
from models.thread_pool import POOL


@contextmanager
def someone_writes() -> Iterator[None]:
    """Another process is in the middle of a transaction that every writer has to wait for."""
    with closing(_stranger()) as other:
        other.execute("BEGIN IMMEDIATE" if config.is_sqlite() else "SELECT id FROM dealer FOR UPDATE")
        yield
        other.rollback()


@contextmanager
def short_waits(milliseconds: int = 200) -> Iterator[None]:
    """The hub's threads wait for other writers this long instead of ten seconds."""
    if config.is_sqlite():
        _on_every_thread(f"PRAGMA busy_timeout = {milliseconds}")
        yield
        _on_every_thread("PRAGMA busy_timeout = 10000")
        return
    usual = db.connect_params["options"]
    db.connect_params["options"] = f"-c lock_timeout={milliseconds}"
    db.close_idle()
    yield
    db.connect_params["options"] = usual
    db.close_idle()


def spoil(listing_id: str, photos: str) -> None:
    """Writes a column of JSON past everything that keeps it in order; a read of what is no JSON fails."""
    db.execute_sql(f"UPDATE listing SET photos = {db.param} WHERE id = {db.param}", (photos, listing_id))


def cut_connections() -> None:
    """What a restart of the PostgreSQL server does to the hub's connections; that of the test stays."""
    own = db.execute_sql("SELECT pg_backend_pid()").fetchone()
    with psycopg.connect(config.DATABASE_URL, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
            "AND pid NOT IN (pg_backend_pid(), %s)",
            own,
        )


def _stranger() -> "sqlite3.Connection | psycopg.Connection":
    if config.is_sqlite():
        return sqlite3.connect(config.sqlite_path(config.DATABASE_URL), isolation_level=None, timeout=5)
    return psycopg.connect(config.DATABASE_URL)


def _on_every_thread(statement: str) -> None:
    together = threading.Barrier(config.WEB_THREADS, timeout=10)

    def run() -> None:
        together.wait()
        db.execute_sql(statement)

    for done in [POOL.submit(run) for _ in range(config.WEB_THREADS)]:
        done.result()
