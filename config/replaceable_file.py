"""SQLite files that a hub can do without: the queue and the counters.

A damaged one is set aside and replaced by an empty one; the database itself never is.
"""

import fcntl
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import IO, Any, TypeVar

from config.files import cannot_write, create_private_file, log, restrict
from config.sqlite_errors import explain, is_damage

T = TypeVar("T")


class ReplaceableFile:
    """A SQLite file that several processes use and any of them may replace.

    `schema` creates its tables unless they exist, `probe` selects every column. A process notices by the inodes that
    another one has replaced the file.
    """

    def __init__(self, path: Path, *, schema: str, probe: str) -> None:
        self.path = path
        self._schema = schema
        self._probe = probe
        self._identity: tuple[Any, ...] = ()

    def prepare_at_start(self) -> None:
        """Do `prepare`. Raises SystemExit with a message if that fails."""
        try:
            self.prepare()
        except sqlite3.Error as error:
            raise SystemExit(explain(error, self.path) or f"Cannot open {self.path}: {error}") from None

    def prepare(self) -> None:
        """Create a missing file, and replace a damaged one.

        One process does it at a time. Raises sqlite3.Error if the file cannot be used for another reason, such as a
        full disk.
        """
        with self._alone():
            try:
                self._create()
            except sqlite3.Error as error:
                if not (is_damage(error) or self.path.is_dir()):
                    raise
                self._set_aside(error)
                self._create()

    def open(self, connect: Callable[[], sqlite3.Connection]) -> sqlite3.Connection:
        """Open a connection and remember the inodes of file and log.

        No other process prepares the file meanwhile, so the connection has file and log of the same database.
        """
        with self._alone():
            connection = connect()
            connection.executescript(self._probe)  # the first read opens the log
            self._identity = self._identify()
        return connection

    def is_current(self) -> bool:
        """Return False if the opened file was deleted or replaced."""
        return self._identity == self._identify()

    def recover(self, operate: Callable[[], T], reopen: Callable[[], None]) -> T:
        """Run an operation; repeat it on a new file after damage.

        A file that another process has replaced counts as damaged. `reopen` closes the connection and calls
        `prepare` before it opens another.
        """
        try:
            if self.is_current():
                return operate()
        except sqlite3.Error as error:
            if not is_damage(error) and self.is_current():
                raise
        reopen()
        return operate()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from opening, creating and renaming the file.

        It is not reentrant. SQLite fails if two of them switch a new file to WAL at once.
        """
        with self._open_lock_file() as lock_file:
            fcntl.flock(lock_file, fcntl.LOCK_EX)
            yield

    def _open_lock_file(self) -> IO[str]:
        path = self.path.with_suffix(".opening")
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "w")
        except OSError as error:
            raise sqlite3.OperationalError(cannot_write(path, error)) from None

    def _create(self) -> None:
        """Create the tables that are missing. Raises sqlite3.Error for a damaged file."""
        create_private_file(self.path)
        restrict(self.path)
        with closing(sqlite3.connect(self.path, timeout=5, isolation_level=None)) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.executescript(self._schema)
            connection.executescript(self._probe)
            [verdict] = connection.execute("PRAGMA quick_check(1)").fetchone()
        if verdict != "ok":
            raise _damaged(verdict)

    def _set_aside(self, error: sqlite3.Error) -> None:
        target = self.path.with_name(f"{self.path.name}.damaged-{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}")
        for suffix in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                self.path.with_name(self.path.name + suffix).rename(target.with_name(target.name + suffix))
        log.warning("%s is damaged (%s). Renamed it to %s and created an empty one.", self.path, error, target.name)

    def _identify(self) -> tuple[Any, ...]:
        try:
            files = [self.path.stat(), self.path.with_name(self.path.name + "-wal").stat()]
        except OSError:
            return ()
        return tuple((file.st_dev, file.st_ino) for file in files)


def _damaged(verdict: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(verdict)
    error.sqlite_errorname = "SQLITE_CORRUPT"
    return error
