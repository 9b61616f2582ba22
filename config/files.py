"""Files and folders that settings refer to.

Everything that the hub creates belongs to its user only: folders with mode 0700, files with mode 0600.
"""

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

OTHERS = stat.S_IRWXO  # access by users outside the file's group; an operator may have granted the group's on purpose

log = logging.getLogger("wth.files")


def sqlite_path(url: str) -> Path:
    """Return the file of a `sqlite:///…` URL."""
    return Path(urlsplit(url).path)


def make_folder(path: Path) -> None:
    """Create a folder with mode 0700, and its parents.

    An existing folder keeps its mode. Raises SystemExit with a message if that fails.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SystemExit(f"Cannot create the folder {path} ({error.strerror}). Check WTH_DATA_DIR.") from None


def open_lock_file(path: Path) -> IO[str]:
    """Open a file for `flock`; create a missing one with mode 0600.

    Raises SystemExit with a message if that fails.
    """
    try:
        return os.fdopen(open_private_file(path), "w")
    except OSError as error:
        raise SystemExit(cannot_write(path, error)) from None


def open_private_file(path: Path) -> int:
    """Open a file, create a missing one with mode 0600, return the descriptor."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def cannot_write(path: Path, error: OSError) -> str:
    """Say in one sentence why a file of the hub cannot be written, and what to do."""
    return f"Cannot write {path} ({error.strerror}). Check that the disk has space and that the hub may write there."


def create_private_file(path: Path) -> None:
    """Create a missing file with mode 0600.

    SQLite would create it with a wider mode. It gives its `-wal` and `-shm` the mode of the database. A file that
    cannot be created is left to SQLite, whose message says more.
    """
    with suppress(OSError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def restrict(path: Path) -> None:
    """Remove the access of other users from a database and its companions.

    Files of earlier versions have mode 0644. `wth check` reports what this process may not change.
    """
    for file in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        with suppress(OSError):
            mode = stat.S_IMODE(file.stat().st_mode)
            if mode & OTHERS:
                file.chmod(0o600)
                log.warning("Restricted %s to its owner: its mode was %04o.", file, mode)
