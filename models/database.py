"""The database: SQLite or a PostgreSQL pool, connections, and the error for an unavailable one."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import peewee
from playhouse.pool import PooledPostgresqlDatabase

import config
from errors import Refusal

IDLE_SECONDS_WORTH_A_PROBE = 5.0
PATIENCE_SECONDS = 10  # for other writers, and for a connection of the pool


class Postgres(PooledPostgresqlDatabase):  # type: ignore[misc] # playhouse ships no types
    """A pool that asks a connection whether it lives only after it has idled (stock asks at each check-out)."""

    def _is_closed(self, conn: Any) -> bool:
        idle = time.monotonic() - getattr(conn, "idle_since", 0.0)
        if idle < IDLE_SECONDS_WORTH_A_PROBE:
            return bool(conn.closed)
        return bool(super()._is_closed(conn))

    def _can_reuse(self, conn: Any) -> bool:
        conn.idle_since = time.monotonic()
        return bool(super()._can_reuse(conn))


def _database() -> peewee.Database:
    if not config.is_sqlite():
        return Postgres(
            config.DATABASE_URL,
            prefer_psycopg3=True,
            max_connections=config.DATABASE_CONNECTIONS,
            timeout=PATIENCE_SECONDS,
            options=f"-c lock_timeout={PATIENCE_SECONDS}s",
            autoconnect=False,
        )
    path = config.sqlite_path(config.DATABASE_URL)
    config.make_folder(path.parent)
    sqlite = peewee.SqliteDatabase(
        str(path),
        timeout=PATIENCE_SECONDS,
        lock_type="IMMEDIATE",  # a deferred BEGIN fails under concurrent writers and no timeout helps
        returning_clause=True,
        pragmas={
            "journal_mode": "wal",
            "synchronous": config.SQLITE_SYNCHRONOUS,
            "foreign_keys": 1,
            "cache_size": -32_000,
            "temp_store": "memory",
        },
    )
    sqlite.register_function(lambda text: text and text.lower(), "lower", 1)  # SQLite's own folds ASCII only
    return sqlite


db = _database()


@contextmanager
def connection() -> Iterator[None]:
    """Holds a connection for the database work inside. SQLite keeps one per thread, PostgreSQL lends of its pool.

    Raises `service_unavailable` when the database is gone, locked or out of connections.
    """
    try:
        if config.is_sqlite() or not db.is_closed():
            yield
        else:
            with db.connection_context():
                yield
    except (peewee.OperationalError, peewee.InterfaceError, TimeoutError) as fault:
        raise DatabaseUnavailable from fault


@contextmanager
def skip_if_busy() -> Iterator[None]:
    """For a write that may as well come later: on SQLite, given up at once while another writer is at work."""
    if not config.is_sqlite():
        yield
        return
    [usual] = db.execute_sql("PRAGMA busy_timeout").fetchone()
    db.execute_sql("PRAGMA busy_timeout = 0")
    try:
        with suppress(peewee.OperationalError):
            yield
    finally:
        db.execute_sql(f"PRAGMA busy_timeout = {usual}")


def ping_database() -> None:
    """Raises `service_unavailable` (by way of `connection`) when the database does not answer."""
    db.execute_sql("SELECT 1").fetchone()


class DatabaseUnavailable(Refusal):
    """The database does not answer; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "service_unavailable",
            "The database does not answer at the moment; repeat the request in a few seconds.",
            headers={"Retry-After": "2"},
        )
