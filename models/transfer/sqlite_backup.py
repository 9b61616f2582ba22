"""Backups of a SQLite database, by SQLite itself.

https://www.sqlite.org/backup.html
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from config.database_file import DatabaseFile
from config.files import create_private_file, make_folder
from errors import Refusal
from models.transfer.partial_file import partial_file

HEADER = b"SQLite format 3\x00"
HISTORY = "SELECT name FROM schema_migration"
HAS_DEALERS = "SELECT count(*) FROM sqlite_master WHERE name = 'dealer'"
COUNT_DEALERS = "SELECT count(*) FROM dealer"


def create(source: Path, target: Path) -> None:
    """Copy the database as it is now to a new file, while the hub may run.

    Raises `database_missing`, `file_not_written`, `database_damaged`.
    """
    if not source.exists():
        raise Refusal("database_missing", f"There is no database at {source}. Check WTH_DATABASE_URL.")
    with partial_file(target) as path, closing(_open_for_reading(source)) as hub:
        with closing(sqlite3.connect(path, isolation_level=None)) as copy:
            _copy(hub, copy)
            copy.execute("PRAGMA journal_mode = delete")  # one file, without a log beside it
        require_intact(path)


def restore(source: Path, target: Path, *, may_replace: bool) -> None:
    """Replace the contents of the hub's database by those of a backup.

    All processes of the hub must have ended. Raises `hub_running`, `database_not_empty` unless `may_replace`,
    `database_damaged`.
    """
    require_intact(source)
    with closing(_open_for_reading(source)) as backup, exclusive(target) as database:
        if not may_replace and _has_dealers(database):
            raise Refusal(
                "database_not_empty",
                f"{target} has dealers already. Run `wth backup` for it, then restore with --replace.",
            )
        _copy(backup, database)
    DatabaseFile(target).reset_generation()


@contextmanager
def exclusive(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the database so that no other process can use it.

    Creates a missing one. Raises `hub_running`, `database_damaged`.
    """
    make_folder(path.parent)
    create_private_file(path)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as connection:
        try:
            connection.execute("PRAGMA locking_mode = exclusive")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
        except sqlite3.DatabaseError as error:
            raise _unusable(path, error) from None
        yield connection


def _unusable(path: Path, error: sqlite3.DatabaseError) -> Refusal:
    if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
        message = f"Another process uses {path}. Stop all processes of the hub, then repeat the command."
        return Refusal("hub_running", message)
    message = f"Cannot use {path} ({error}). Move it away with its -wal and -shm files, then repeat the command."
    return Refusal("database_damaged", message)


def require_intact(path: Path) -> None:
    """Raise `database_damaged` unless SQLite finds no error in the file."""
    try:
        with closing(_open_for_reading(path)) as connection:
            [problem] = connection.execute("PRAGMA quick_check(1)").fetchone()
            connection.execute(HISTORY)
    except sqlite3.DatabaseError as error:
        problem = str(error)
    if problem != "ok":
        message = f"{path} is not an intact database of the hub: {problem}. Use another backup."
        raise Refusal("database_damaged", message)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    source.backup(target, progress=_require_progress)


def _require_progress(status: int, _: int, __: int) -> None:
    """End a copy that waits for a lock: sqlite3 would repeat it without an end."""
    if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        raise Refusal("hub_running", "Another process uses the database. Stop all processes of the hub first.")


def _has_dealers(database: sqlite3.Connection) -> bool:
    [tables] = database.execute(HAS_DEALERS).fetchone()
    return bool(tables) and database.execute(COUNT_DEALERS).fetchone()[0] > 0


def _open_for_reading(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
