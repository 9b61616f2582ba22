"""SQLite connections that take turns to write, and notice a replaced file."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any, Self

import peewee

from config.database_file import DatabaseFile
from models.process_turn import ProcessTurn
from models.write_turn import WriteTurn, owner_of_writes

READS = ("SELECT", "PRAGMA", "EXPLAIN")

# True while a write fails at once if another writer has the turn.
is_impatient: ContextVar[bool] = ContextVar("is_impatient", default=False)


class Savepoint:
    """A savepoint, undone by an exception.

    All have one name, which means the innermost one, so that SQLite prepares the statements once.
    """

    def __init__(self, sqlite: "Sqlite") -> None:
        self.sqlite = sqlite

    def __enter__(self) -> Self:
        self.sqlite.execute_sql("SAVEPOINT inner")
        return self

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        if error_type is not None:
            self.sqlite.execute_sql("ROLLBACK TO inner")
        self.sqlite.execute_sql("RELEASE inner")


class Sqlite(peewee.SqliteDatabase):
    """SQLite file that is used only while it is the one that was opened.

    A write is checked again after its commit: an acknowledged write is in the file that has the name. Raises
    DatabaseFileChanged. Writers take turns, and wait for theirs for at most `timeout` seconds.
    """

    def __init__(self, path: Path, *, timeout: float, **options: Any) -> None:
        self.file = DatabaseFile(path)
        self._turn = WriteTurn()
        self._process_turn = ProcessTurn(path)
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
        deadline = time.monotonic() + (0.0 if is_impatient.get() else self._turn_seconds)
        try:
            self._turn.acquire(owner_of_writes.get(), deadline - time.monotonic())
            try:
                self._process_turn.acquire(deadline - time.monotonic())
            except BaseException:
                self._turn.release()
                raise
        except TimeoutError as error:
            raise peewee.OperationalError("database is locked") from error

    def hand_turn_to(self, owner: str) -> None:
        """Let another owner continue this thread's transaction."""
        self._turn.hand_to(owner)

    def is_slow_writer(self, owner: str) -> bool:
        """Return True if a transaction of the owner took long a moment ago."""
        return self._turn.is_slow(owner)

    def _end_turn(self, work_seconds: float) -> None:
        """Pass the turn on, if this thread has it."""
        if self._turn.is_mine():
            self._process_turn.release()
            self._turn.release(work_seconds)

    def commit(self) -> None:
        """Commit. After an error the turn stays with this thread, which has to roll back."""
        work_seconds = self._turn.work_seconds()
        super().commit()
        self._end_turn(work_seconds)
        self.file.check()

    def rollback(self) -> None:
        """Roll back, unless SQLite has done so, as on a full disk."""
        work_seconds = self._turn.work_seconds()
        try:
            if self.has_transaction():
                super().rollback()
        finally:
            self._end_turn(work_seconds)

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        if self._turn.is_mine() or sql.lstrip().startswith(READS):
            return self._execute(sql, params)
        with self._own_turn():
            cursor = self._execute(sql, params)
        if not self.has_transaction():
            self.file.check()  # it has committed by itself
        return cursor

    @contextmanager
    def _own_turn(self) -> Iterator[None]:
        """The turn for a statement outside a transaction, which commits by itself."""
        self._wait_for_turn()
        try:
            yield
        finally:
            self._end_turn(self._turn.work_seconds())

    def _execute(self, sql: str, params: Any) -> Any:
        """Execute and log as peewee does, without its hooks."""
        self._log_query(sql, params)  # type: ignore[attr-defined] # the stub omits it
        with peewee.__exception_wrapper__:  # type: ignore[attr-defined] # the stub omits what translates the driver's errors
            return self.driver().execute(sql, params or ())

    def savepoint(self, sid: str | None = None) -> Any:
        """Return the savepoint that `atomic()` uses in a transaction."""
        return Savepoint(self)

    def driver(self) -> sqlite3.Connection:
        """Return this thread's connection."""
        connection: sqlite3.Connection = self.connection()  # type: ignore[no-untyped-call] # untyped in the stub
        return connection

    def has_transaction(self) -> bool:
        """Return False also if SQLite has rolled back by itself, as on a full disk."""
        return self.driver().in_transaction
