"""SQLite's errors in sentences: full disk, read-only folder, damaged file."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from config.database_file import DatabaseFileChanged

# By the beginning of the error's symbolic name, the longest first.
MESSAGES = {
    "SQLITE_FULL": "The disk that holds {path} is full. Free some space; the hub needs no restart.",
    "SQLITE_READONLY": "{path} or its folder is read-only. Make both writable for the hub; it needs no restart.",
    "SQLITE_IOERR": "The disk that holds {path} reports an I/O error ({name}). Check the disk, its quota and the "
    "limits of the hub's process.",
    "SQLITE_CANTOPEN": "{path} cannot be opened. Check that its folder exists and that the hub may write there.",
    "SQLITE_CORRUPT": "{path} is damaged ({name}). Stop the hub and restore a backup of the file.",
    "SQLITE_NOTADB": "{path} is not a SQLite database. Stop the hub and restore a backup of the file.",
}
DAMAGE = ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_IOERR_SHORT_READ")
WRONG_SCHEMA = ("no such table", "no such column", "has no column", "values were supplied")


def explain(error: BaseException, path: Path) -> str | None:
    """Say what happened to a SQLite file and what to do.

    None for an error that does not concern the file.

    SQLite rolls back by itself after some errors, so that peewee's own rollback fails too. Therefore the first error
    of the chain counts: "cannot rollback" says nothing.
    """
    if isinstance(error, DatabaseFileChanged):
        return str(error)
    for name in map(_name_of, _chain(error)):
        for prefix, message in MESSAGES.items():
            if name.startswith(prefix):
                return message.format(path=path, name=name)
    return None


def is_damage(error: sqlite3.Error) -> bool:
    """Return True if the file is no database, is corrupt or has other tables."""
    name = _name_of(error)
    return name.startswith(DAMAGE) or (name == "SQLITE_ERROR" and any(text in str(error) for text in WRONG_SCHEMA))


def _chain(error: BaseException) -> Iterator[sqlite3.Error]:
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, sqlite3.Error):
            yield link
        link = link.__context__


def _name_of(error: sqlite3.Error) -> str:
    """Return SQLite's symbolic name; errors of the Python module have none."""
    return getattr(error, "sqlite_errorname", "")
