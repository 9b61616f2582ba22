"""Backups of the hub's database, whichever it is."""

from importlib import import_module
from pathlib import Path
from typing import Any

import config
from errors import Refusal
from models.transfer import sqlite_backup

POSTGRES_HEADER = b"PGDMP"


def create_backup(target: Path) -> int:
    """Write the database as it is now to a new file; return its size in bytes.

    Its mode is 0600. The hub may run meanwhile. Raises `database_missing`, `database_damaged`, `file_exists`,
    `file_not_written`, `program_missing`, `program_failed`.
    """
    if config.is_sqlite():
        sqlite_backup.create(config.sqlite_path(config.DATABASE_URL), target)
    else:
        _postgres_backup().create(config.DATABASE_URL, target)
    return target.stat().st_size


def restore_backup(source: Path, *, may_replace: bool) -> None:
    """Replace the contents of the database by those of a backup.

    Raises `hub_running`, `database_not_empty` unless `may_replace`, `database_damaged`, `file_not_read`,
    `wrong_backup`, `program_missing`, `program_failed`.
    """
    header = _read_header(source)
    if config.is_sqlite():
        _require_format(header, sqlite_backup.HEADER, "a SQLite database")
        sqlite_backup.restore(source, config.sqlite_path(config.DATABASE_URL), may_replace=may_replace)
    else:
        _require_format(header, POSTGRES_HEADER, "an archive of pg_dump")
        _postgres_backup().restore(config.DATABASE_URL, source, may_replace=may_replace)


def _postgres_backup() -> Any:
    return import_module("models.transfer.postgres_backup")  # its driver is imported only where it is used


def _read_header(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            return file.read(len(sqlite_backup.HEADER))
    except OSError as error:
        raise Refusal("file_not_read", f"Cannot read {source} ({error.strerror}). Check the path.") from error


def _require_format(header: bytes, expected: bytes, description: str) -> None:
    if not header.startswith(expected):
        raise Refusal(
            "wrong_backup",
            f"The file is not {description}, which the database of WTH_DATABASE_URL needs. A backup of SQLite is "
            "restored on SQLite; `wth move` then moves it to PostgreSQL.",
        )
