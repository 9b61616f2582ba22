"""The database: SQLite or a PostgreSQL connection pool."""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import Any, NamedTuple, cast

import peewee
from playhouse.pool import MaxConnectionsExceeded

import config
from config import sqlite_errors
from config.database_file import DatabaseFileChanged
from errors import Refusal
from models import clock
from models.outages import OutageLog
from models.sqlite import Sqlite, is_impatient

LOG_SIZE_LIMIT = 64 * 1024 * 1024  # bytes that SQLite's write-ahead log keeps after a long reader has ended
TIMEOUT_SECONDS = 10  # for locks of other writers and for a connection from the pool


def _database() -> peewee.Database:
    if not config.is_sqlite():
        database: peewee.Database = import_module("models.postgres").open_pool(
            config.DATABASE_URL,
            on_time=clock.follow_database,
            timer=clock.read_timer,
            max_connections=config.DATABASE_CONNECTIONS,
            timeout=TIMEOUT_SECONDS,
            lock_timeout=f"{TIMEOUT_SECONDS}s",
        )
        return database
    path = config.sqlite_path(config.DATABASE_URL)
    config.make_folder(path.parent)
    return Sqlite(
        path,
        timeout=TIMEOUT_SECONDS,
        lock_type="IMMEDIATE",  # a deferred BEGIN fails under concurrent writers and no timeout helps
        returning_clause=True,
        pragmas={
            "journal_mode": "wal",
            "synchronous": config.SQLITE_SYNCHRONOUS,
            "foreign_keys": 1,
            "cache_size": -4_000,  # KiB for each thread; the operating system caches the file, once for all
            "journal_size_limit": LOG_SIZE_LIMIT,
            "temp_store": "memory",
        },
    )


db = _database()
outage = OutageLog(logging.getLogger("wth.database"), "Database", "requests get 503, and deliveries wait.")


@contextmanager
def connection() -> Iterator[None]:
    """Hold a connection for the block.

    SQLite uses one per thread; PostgreSQL borrows one from the pool. Raises `service_unavailable` if the database is
    unreachable, locked or out of connections.
    """
    try:
        if isinstance(db, Sqlite):
            with _explained_errors(db):
                yield
        elif not db.is_closed():
            yield
        else:
            with db.connection_context():
                yield
    except (peewee.OperationalError, peewee.InterfaceError, TimeoutError, MaxConnectionsExceeded) as error:
        outage.record_failure(error)
        raise DatabaseUnavailable from error
    outage.record_success()


@contextmanager
def _explained_errors(sqlite: Sqlite) -> Iterator[None]:
    """Check the file, and turn errors that concern it into sentences."""
    try:
        sqlite.file.check_for_reading()
        yield
    except (DatabaseFileChanged, peewee.DatabaseError, sqlite3.OperationalError) as error:
        # the driver's own error comes from fetching rows, which peewee does not see
        message = sqlite_errors.explain(error, sqlite.file.path) or (
            type(error) is sqlite3.OperationalError and str(error)
        )
        if not message:
            raise
        if not sqlite.in_transaction():
            sqlite.close()  # the traceback may hold an open cursor, and with it this thread's view of the data
        raise peewee.OperationalError(message or str(error)) from None


@contextmanager
def skip_if_busy() -> Iterator[None]:
    """Best-effort write: on SQLite, skip it if another writer holds the lock."""
    if not config.is_sqlite():
        yield
        return
    with without_lock_wait(), suppress(peewee.OperationalError):
        yield


@contextmanager
def without_lock_wait() -> Iterator[None]:
    """On SQLite, fail at once instead of waiting for the locks of others."""
    [timeout_ms] = db.execute_sql("PRAGMA busy_timeout").fetchone()
    db.execute_sql("PRAGMA busy_timeout = 0")
    token = is_impatient.set(True)
    try:
        yield
    finally:
        is_impatient.reset(token)
        db.execute_sql(f"PRAGMA busy_timeout = {timeout_ms}")


class ConnectionCounts(NamedTuple):
    """Connections of the pool; `limit` is how many may be open."""

    in_use: int
    idle: int
    limit: int


def count_connections() -> ConnectionCounts | None:
    """Count the pool's connections; None on SQLite, which has no pool."""
    return None if config.is_sqlite() else ConnectionCounts(*cast("Any", db).count_connections())


def ping_database() -> None:
    """Check that the database responds.

    Inside `connection()`, raises `service_unavailable` if it does not.
    """
    db.execute_sql("SELECT 1").fetchone()


class DatabaseUnavailable(Refusal):
    """The database is unavailable; nothing was changed."""

    def __init__(self) -> None:
        super().__init__(
            "service_unavailable",
            "The database is temporarily unavailable. Repeat the request in a few seconds.",
            headers={"Retry-After": "2"},
        )

    @property
    def reason(self) -> str:
        return f"The database is unavailable: {' '.join(str(self.__cause__).split())}"
