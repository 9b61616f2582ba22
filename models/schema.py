"""Database migrations, applied by one process at a time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from playhouse.migrations import Runner

import config
from models.database import connection, db
from models.supported_database import require_primary, require_supported_database

FOLDER = config.ROOT / "migrations"
ADVISORY_LOCK = 0x5754_4868_7562  # an arbitrary number that no other application uses


def list_pending() -> list[str]:
    """Return the names of the migrations that are not applied yet."""
    with connection():
        return [migration.name for migration in _runner().status() if migration.applied is None]


def migrate() -> list[str]:
    """Apply the pending migrations and return their names.

    Concurrent calls wait for each other. Raises `unsupported_database`, `read_only_database`.
    """
    with connection():
        require_supported_database()
        require_primary()
        with _exclusive_lock():
            return list(_runner().up())


def _runner() -> Runner:
    runner = Runner(db, str(FOLDER))
    if not config.is_sqlite():  # otherwise a schema that was added to the search path would get an empty history
        runner.History._meta.schema = db.find_schema(runner.table_name)  # type: ignore[attr-defined] # only models.postgres has it
    return runner


@contextmanager
def _exclusive_lock() -> Iterator[None]:
    if not config.is_sqlite():
        with db.without_timeouts(), db.exclusive_lock(ADVISORY_LOCK):  # type: ignore[attr-defined] # only models.postgres has it
            yield
        return
    with config.open_lock_file(config.sqlite_path(config.DATABASE_URL).with_suffix(".migrating")) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
