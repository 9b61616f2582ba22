"""Checkpoints of the SQLite database: a new generation, and a short log.

The generation reveals a database file that was restored: see config/database_file.py.
"""

import logging

from models.database import LOG_SIZE_LIMIT, db, without_lock_wait
from models.sqlite import Sqlite

MIB = 1024 * 1024

log = logging.getLogger("wth.database")


def checkpoint() -> int:
    """Write the log back into the file; return 0.

    Warns if a long read prevents it. Also proves that the database can be written. PostgreSQL needs nothing of this.
    """
    if isinstance(db, Sqlite):
        _start_generation()
        db.execute_sql("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        db.file.check()
        db.file.record_generation()
        if db.file.log_size() > LOG_SIZE_LIMIT:
            _truncate_log()
        if message := describe_large_log():
            log.warning(message)
    return 0


def describe_large_log() -> str:
    """Say that the log is too large and why, or return an empty text."""
    if not isinstance(db, Sqlite) or db.file.log_size() <= LOG_SIZE_LIMIT:
        return ""
    return (
        f"{db.file.log_path} has {db.file.log_size() // MIB} MiB, because a program has been reading the database for "
        "a long time. It shrinks within a minute after that program has ended its read."
    )


def _start_generation() -> None:
    with db.atomic():
        [generation] = db.execute_sql("PRAGMA user_version").fetchone()
        db.execute_sql(f"PRAGMA user_version = {generation + 1}")


def _truncate_log() -> None:
    """Empty the log unless somebody reads: waiting would hold up every writer."""
    with without_lock_wait():
        db.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
