"""The database schema: numbered migrations, run by one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from playhouse.migrations import Runner

import config
from models.database import connection, db

FOLDER = config.ROOT / "migrations"
ADVISORY_LOCK = 0x5754_4868_7562  # any number that no one else takes


def pending() -> list[str]:
    """Names of the migrations that the database has not had yet."""
    with connection():
        return [migration.name for migration in _runner().status() if migration.applied is None]


def migrate() -> list[str]:
    """Brings the database up to date; gives the names of what was applied. Several at once wait for each other."""
    with connection(), _alone():
        return list(_runner().up())


def _runner() -> Runner:
    return Runner(db, str(FOLDER))


@contextmanager
def _alone() -> Iterator[None]:
    if not config.is_sqlite():
        db.execute_sql("SET lock_timeout = 0")  # another's migration may take its time
        db.execute_sql("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        try:
            yield
        finally:
            db.execute_sql("SELECT pg_advisory_unlock(%s)", (ADVISORY_LOCK,))
            db.execute_sql("RESET lock_timeout")
        return
    with config.sqlite_path(config.DATABASE_URL).with_suffix(".migrating").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
