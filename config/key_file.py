"""Key file: created once with mode 0600.

Processes that start at the same time all read the same complete key.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from config.files import make_folder

MIN_CHARACTERS = 32


def load_key(path: Path) -> str:
    """Read the key; create a missing file with mode 0600.

    Raises SystemExit if the file has no key.
    """
    try:
        if not path.exists():
            _create_key(path)
        key = path.read_text().strip()
    except OSError as error:
        raise SystemExit(f"Cannot create or read the secret key {path} ({error.strerror}).") from None
    if len(key) < MIN_CHARACTERS:
        raise SystemExit(
            f"{path} does not contain a key. Restore it, or delete it on a hub that has no webhook secrets yet."
        )
    return key


def _create_key(path: Path) -> None:
    make_folder(path.parent)
    draft = path.with_name(f"secret.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    with suppress(FileExistsError):  # another process created the file first, and it is complete
        os.link(draft, path)
    draft.unlink()
