"""The database: SQLite or a PostgreSQL connection pool."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import peewee
from playhouse.pool import MaxConnectionsExceeded

import config
from errors import Refusal
from models import clock
from models.outages import OutageLog
from models.postgres import Postgres

TIMEOUT_SECONDS = 10  # for locks of other writers and for a connection from the pool


def _database() -> peewee.Database:
    if not config.is_sqlite():
        return Postgres(
            config.DATABASE_URL,
            on_time=clock.follow_database,
            timer=clock.read_timer,
            max_connections=config.DATABASE_CONNECTIONS,
            timeout=TIMEOUT_SECONDS,
            options=f"-c lock_timeout={TIMEOUT_SECONDS}s",
        )
    path = config.sqlite_path(config.DATABASE_URL)
    config.make_folder(path.parent)
    sqlite = peewee.SqliteDatabase(
        str(path),
        timeout=TIMEOUT_SECONDS,
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
    sqlite.register_function(lambda text: text and text.lower(), "lower", 1)  # SQLite's own LOWER folds ASCII only
    return sqlite


db = _database()
outage = OutageLog(logging.getLogger("wth.database"), "Database", "requests get 503, and deliveries wait.")


@contextmanager
def connection() -> Iterator[None]:
    """Hold a connection for the block.

    SQLite uses one per thread; PostgreSQL borrows one from the pool. Raises `service_unavailable` if the database is
    unreachable, locked or out of connections.
    """
    try:
        if config.is_sqlite() or not db.is_closed():
            yield
        else:
            with db.connection_context():
                yield
    except (peewee.OperationalError, peewee.InterfaceError, TimeoutError, MaxConnectionsExceeded) as error:
        outage.record_failure(error)
        raise DatabaseUnavailable from error
    outage.record_success()


@contextmanager
def skip_if_busy() -> Iterator[None]:
    """Best-effort write: on SQLite, skip it if another writer holds the lock."""
    if not config.is_sqlite():
        yield
        return
    [timeout_ms] = db.execute_sql("PRAGMA busy_timeout").fetchone()
    db.execute_sql("PRAGMA busy_timeout = 0")
    try:
        with suppress(peewee.OperationalError):
            yield
    finally:
        db.execute_sql(f"PRAGMA busy_timeout = {timeout_ms}")


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
