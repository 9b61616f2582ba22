"""Key file: the secret key, and during a rotation further keys, one per line.

The first line is the key in use; the others are accepted. The file is created once with mode 0600. Processes that
start at the same time all read the same complete key, and running processes follow a rotation within a second.
"""

import os
import secrets
import time
from contextlib import suppress
from pathlib import Path

from config.files import make_folder

MIN_CHARACTERS = 32
RELOAD_SECONDS = 1.0

Keys = tuple[str, ...]


class KeyFile:
    """The keys of one file, read again when it changes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._keys: Keys = ()
        self._version: tuple[int, int] = (0, 0)
        self._checked_at = float("-inf")

    def read(self) -> Keys:
        """Return the key in use, then the others that are accepted.

        Creates a missing file at first. Raises SystemExit if the file has no key; a process that has read one keeps it.
        """
        if time.monotonic() - self._checked_at >= RELOAD_SECONDS:
            self._refresh()
            self._checked_at = time.monotonic()
        return self._keys

    def add(self) -> None:
        """Add a new key that is accepted, but not in use yet."""
        self._write((*load_keys(self.path), secrets.token_hex(32)))

    def promote(self) -> None:
        """Use the key that was added last; the others stay accepted."""
        *others, newest = load_keys(self.path)
        self._write((newest, *others))

    def retire(self) -> int:
        """Delete all keys but the one in use; return their number."""
        current, *others = load_keys(self.path)
        self._write((current,))
        return len(others)

    def _refresh(self) -> None:
        try:
            status = self.path.stat()
            version = (status.st_ino, status.st_mtime_ns)
            if version != self._version:
                self._keys, self._version = load_keys(self.path), version
        except (OSError, SystemExit):
            if not self._keys:
                self._keys = load_keys(self.path)

    def _write(self, keys: Keys) -> None:
        """Replace the file in one step, so that no process reads a part of it."""
        draft = _write_draft(self.path, keys)
        draft.replace(self.path)
        _sync_folder(self.path.parent)
        self._checked_at = float("-inf")


def load_keys(path: Path) -> Keys:
    """Read the keys; create a missing file with mode 0600.

    Raises SystemExit if the file has no key.
    """
    try:
        if not path.exists():
            _create_key(path)
        keys = tuple(path.read_text().split())
    except OSError as error:
        raise SystemExit(f"Cannot create or read the secret key {path} ({error.strerror}).") from None
    if not keys or any(len(key) < MIN_CHARACTERS for key in keys):
        raise SystemExit(
            f"{path} does not contain a key. Restore it, or delete it on a hub that has no webhook secrets yet."
        )
    return keys


def _create_key(path: Path) -> None:
    make_folder(path.parent)
    draft = _write_draft(path, (secrets.token_hex(32),))
    with suppress(FileExistsError):  # another process created the file first, and it is complete
        os.link(draft, path)
    draft.unlink()


def _write_draft(path: Path, keys: Keys) -> Path:
    draft = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(keys))
        file.flush()
        os.fsync(file.fileno())  # a key that is lost in a power failure loses every secret under it
    return draft


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
