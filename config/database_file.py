"""Identity of the SQLite database file: detects a moved or restored one.

SQLite keeps writing to a file that no longer has its name, and mixes a restored file with the log of the previous one.
Two things reveal this: the inodes of the file and its companions, and the generation, a number in the file's header
that the hub increments every minute.
"""

import os
import threading
import time
from contextlib import suppress
from pathlib import Path

from config.files import create_private_file, log, restrict

GENERATION_OFFSET = 60  # `user_version` in the header: https://www.sqlite.org/fileformat2.html#user_version_number
READ_CHECK_SECONDS = 0.1

Identity = tuple[int, int]  # device and inode

CHANGED = (
    "{path} was moved, replaced, restored or deleted while the hub was running, or its -wal or -shm file was. Nothing "
    "is written to it until the original files are back. Otherwise stop all processes of the hub and start them again."
)
STALE_LOG = (
    "{path} is older than {path}-wal, so the two do not belong together. If you restored {path} alone, stop all "
    "processes of the hub and delete {path}-wal and {path}-shm. If you restored both from one snapshot, delete "
    "{path}-generation."
)


class DatabaseFileChanged(Exception):  # noqa: N818 - the name says what happened
    """The database file is another one than before, or does not match its log."""


class DatabaseFile:
    """The main database file, kept open for the life of the process.

    The descriptor keeps its inode from being reused, and reads the header without SQLite. It is never closed: closing
    any descriptor of the file would release the locks that SQLite holds in this process.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log_path = path.with_name(path.name + "-wal")
        self.generation_path = path.with_name(path.name + "-generation")
        self._descriptor = -1
        self._generation = 0
        self._has_own_log = False
        self._identities: dict[Path, Identity] = {}
        self._checked_at = 0.0
        self._lock = threading.Lock()

    def open(self) -> None:
        """Create a missing file, and check that its log belongs to it.

        Raises DatabaseFileChanged. Leaves a file that cannot be opened to SQLite, which reports the reason.
        """
        with self._lock:
            if self._descriptor < 0:
                create_private_file(self.path)
                restrict(self.path)
                if self.path.is_file():
                    self._descriptor = os.open(self.path, os.O_RDONLY)
                    self._identities[self.path] = _identify(self.path)
            if self._descriptor >= 0 and not self._has_own_log:
                self._reject_stale_log()
                self._has_own_log = True

    def pin(self) -> None:
        """Remember the `-wal` and `-shm` of an open connection.

        SQLite keeps these files as long as a connection is open.
        """
        for suffix in ("-wal", "-shm"):
            companion = self.path.with_name(self.path.name + suffix)
            with suppress(OSError):  # SQLite has none if it may not write to the folder
                self._identities[companion] = _identify(companion)

    def check(self) -> None:
        """Raise DatabaseFileChanged unless all files are those that this process opened.

        Costs four system calls.
        """
        known = self._generation  # before the header is read, because other threads raise it
        try:
            is_same = all(_identify(path) == identity for path, identity in list(self._identities.items()))
        except OSError:
            is_same = False
        generation = self.read_generation()
        if not is_same or generation < known:
            self._checked_at = 0.0
            raise DatabaseFileChanged(CHANGED.format(path=self.path))
        self._generation = generation

    def check_for_reading(self) -> None:
        """Do `check`, but at most ten times a second: a read loses nothing.

        Includes the generations that other processes have started.
        """
        is_due = time.monotonic() - self._checked_at >= READ_CHECK_SECONDS
        if is_due and self._descriptor >= 0:
            self._generation = max(self._generation, self._read_recorded_generation())
            self.check()
            self._checked_at = time.monotonic()

    def read_generation(self) -> int:
        """Read the generation from the header; 0 for an empty file."""
        return int.from_bytes(os.pread(self._descriptor, 4, GENERATION_OFFSET)) if self._descriptor >= 0 else 0

    def record_generation(self) -> None:
        """Store the header's generation beside the file, where a restore leaves it."""
        draft = self.generation_path.with_name(f"{self.generation_path.name}.{os.getpid()}.{threading.get_ident()}")
        with suppress(OSError):  # a full disk, which the next write reports; an older number only checks less
            create_private_file(draft)
            draft.write_text(str(self.read_generation()))
            draft.replace(self.generation_path)

    def reset_generation(self) -> None:
        """Forget the previous database's generation, after a restore that left no log."""
        self.generation_path.unlink(missing_ok=True)

    def log_size(self) -> int:
        """Return the size of the write-ahead log in bytes."""
        try:
            return self.log_path.stat().st_size
        except OSError:
            return 0

    def _reject_stale_log(self) -> None:
        """Compare the header with the recorded generation, which follows it."""
        recorded = self._read_recorded_generation()  # before the header, which other processes raise
        generation = self.read_generation()
        if generation < recorded:
            if self.log_size():
                raise DatabaseFileChanged(STALE_LOG.format(path=self.path))
            log.warning("%s is an earlier copy of the database: it was restored.", self.path)
            self.record_generation()
        self._generation = generation

    def _read_recorded_generation(self) -> int:
        try:
            return int(self.generation_path.read_text())
        except (OSError, ValueError):
            return 0


def _identify(path: Path) -> Identity:
    status = os.stat(path)  # twice as fast as Path.stat, and called in every transaction
    return status.st_dev, status.st_ino
