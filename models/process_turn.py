"""Fair turns to write, for the processes that share a SQLite file.

SQLite lets waiting processes poll at growing intervals, so one that writes without a break starves the others. Here a
waiting process holds the place of the next one: whoever has just written gets in line behind it.
"""

import fcntl
import os
import time
from pathlib import Path

from config.files import open_private_file

POLL_SECONDS = 0.001


class ProcessTurn:
    """A lock of processes.

    It has two files: one for whose turn it is, one for who is next. The system releases both when a process dies.
    SQLite's own lock still protects the data: this one only decides who is first. One thread uses it at a time.
    """

    def __init__(self, path: Path) -> None:
        self._paths = [path.with_name(f"{path.name}-{name}") for name in ("turn", "next")]
        self._files: list[int] = []
        self._process: int | None = None

    def acquire(self, seconds: float) -> None:
        """Wait for the turn. Raises TimeoutError after `seconds`."""
        self._open()
        turn, following = self._files
        deadline = time.monotonic() + seconds
        _lock(following, deadline)
        try:
            _lock(turn, deadline)
        finally:
            fcntl.flock(following, fcntl.LOCK_UN)

    def release(self) -> None:
        fcntl.flock(self._files[0], fcntl.LOCK_UN)

    def _open(self) -> None:
        """Open the files once in each process.

        A forked process would share the locks of its parent.
        """
        if self._process != os.getpid():
            self._files, self._process = [open_private_file(path) for path in self._paths], os.getpid()


def _lock(file: int, deadline: float) -> None:
    """Poll, because a blocking flock has no timeout."""
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise TimeoutError("another process does not finish its write") from None
            time.sleep(POLL_SECONDS)
        else:
            return
