"""Database migrations, applied by one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from playhouse.migrations import Runner

import config
from models.database import connection, db

FOLDER = config.ROOT / "migrations"
ADVISORY_LOCK = 0x5754_4868_7562  # an arbitrary number that no other application uses


def list_pending() -> list[str]:
    """Return the names of the migrations that are not applied yet."""
    with connection():
        return [migration.name for migration in _runner().status() if migration.applied is None]


def migrate() -> list[str]:
    """Apply the pending migrations and return their names.

    Concurrent calls wait for each other.
    """
    with connection(), _exclusive_lock():
        return list(_runner().up())


def _runner() -> Runner:
    return Runner(db, str(FOLDER))


@contextmanager
def _exclusive_lock() -> Iterator[None]:
    if not config.is_sqlite():
        db.execute_sql("SET lock_timeout = 0")  # a migration of another process may take long
        bound = db.connection().max_statement_seconds
        db.connection().max_statement_seconds = float("inf")
        db.execute_sql("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        try:
            yield
        finally:
            db.execute_sql("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))
            db.execute_sql("RESET lock_timeout")
            db.connection().max_statement_seconds = bound
        return
    with config.open_lock_file(config.sqlite_path(config.DATABASE_URL).with_suffix(".migrating")) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
