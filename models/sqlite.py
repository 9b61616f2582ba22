"""SQLite connections that take turns to write, and notice a replaced file."""

import sqlite3
import threading
from pathlib import Path
from typing import Any

import peewee

from config.database_file import DatabaseFile
from models.write_turn import WriteTurn, owner_of_writes


class Sqlite(peewee.SqliteDatabase):
    """SQLite file that is used only while it is the one that was opened.

    A write is checked again after its commit: an acknowledged write is in the file that has the name. Raises
    DatabaseFileChanged. Transactions of this process take turns, and wait for theirs for at most `timeout` seconds.
    """

    def __init__(self, path: Path, *, timeout: float, **options: Any) -> None:
        self.file = DatabaseFile(path)
        self._turn = WriteTurn()
        self._turn_seconds = timeout
        self._anchor: sqlite3.Connection | None = None  # never closed, so that SQLite keeps the -wal and -shm files
        self._anchor_lock = threading.Lock()
        super().__init__(str(path), timeout=timeout, **options)

    def _connect(self) -> Any:
        self.file.open()
        self.file.check()  # or SQLite would create a missing file
        with self._anchor_lock:
            if self._anchor is None:
                anchor = self._open()
                anchor.execute("SELECT count(*) FROM sqlite_master").fetchone()  # creates the -wal and -shm files
                self.file.pin()
                self._anchor = anchor
        return self._open()

    def _open(self) -> Any:
        return super()._connect()  # type: ignore[misc] # the stub omits what peewee calls to connect

    def begin(self, lock_type: str | None = None) -> None:
        self._wait_for_turn()
        try:
            super().begin(lock_type)
            self._turn.start()
            self.file.check()
        except BaseException:
            self.rollback()
            raise

    def _wait_for_turn(self) -> None:
        try:
            self._turn.acquire(owner_of_writes.get(), self._turn_seconds)
        except TimeoutError as error:
            raise peewee.OperationalError("database is locked") from error

    def commit(self) -> None:
        """Commit. After an error the turn stays with this thread, which has to roll back."""
        work_seconds = self._turn.work_seconds()
        super().commit()
        self._turn.release(work_seconds)
        self.file.check()

    def rollback(self) -> None:
        """Roll back, unless SQLite has done so, as on a full disk."""
        work_seconds = self._turn.work_seconds()
        try:
            if self._is_in_sqlite_transaction():
                super().rollback()
        finally:
            self._turn.release(work_seconds)

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        cursor: Any = super().execute_sql(sql, params)  # type: ignore[no-untyped-call] # untyped in the stub
        if not sql.startswith(("SELECT", "PRAGMA")) and not self._is_in_sqlite_transaction():
            self.file.check()  # it has committed by itself
        return cursor

    def _is_in_sqlite_transaction(self) -> bool:
        driver: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call] # untyped in the stub
        return driver.in_transaction
