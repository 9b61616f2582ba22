"""Slots: each process of a hub counts in files of its own.

A process takes the lowest free slot and continues the counts in its files. So counts survive the end of a process, and
there are never more files than processes at a time. The number of a process would not do: containers that share a
folder have the same ones.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import config
from config.files import open_private_file


class ProcessSlot:
    """The slot of this process, until the process ends."""

    def __init__(self, folder: Path) -> None:
        """Take a slot; without any other process, delete the files of all slots."""
        self._folder = folder
        config.make_folder(folder)
        with _guard(folder), ExitStack() as others:
            free = {number: file for number in _list_numbers(folder) if (file := _try_lock(folder, number))}
            if len(free) == len(_list_numbers(folder)):
                _delete(folder, "*.db")
            self.number = min(free, default=len(_list_numbers(folder)))
            self._lock = free.pop(self.number) if free else _open_locked(folder, self.number)
            for file in free.values():
                others.enter_context(file)

    def close(self) -> None:
        """Leave the slot to another process."""
        self._lock.close()


def delete_gauges_of_ended_processes(folder: Path) -> None:
    """Delete what processes reported about themselves before they ended."""
    with _guard(folder):
        for number in _list_numbers(folder):
            if file := _try_lock(folder, number):
                with file:
                    _delete(folder, f"gauge_live*_{number}.db")


@contextmanager
def _guard(folder: Path) -> Iterator[None]:
    """Let one process at a time look which slots are free."""
    with _open(folder / "slots.lock") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _list_numbers(folder: Path) -> list[int]:
    names = (re.fullmatch(r"slot-(\d+)\.lock", path.name) for path in folder.iterdir())
    return sorted(int(name[1]) for name in names if name)


def _try_lock(folder: Path, number: int) -> IO[str] | None:
    file = _open(folder / f"slot-{number}.lock")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _open_locked(folder: Path, number: int) -> IO[str]:
    """Create the lock of a new slot, which no process can have."""
    file = _open(folder / f"slot-{number}.lock")
    fcntl.flock(file, fcntl.LOCK_EX)
    return file


def _open(path: Path) -> IO[str]:
    return os.fdopen(open_private_file(path), "w")


def _delete(folder: Path, pattern: str) -> None:
    for path in folder.glob(pattern):
        path.unlink(missing_ok=True)
