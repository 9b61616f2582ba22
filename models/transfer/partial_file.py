"""A new file that has its name only when it is complete."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.files import open_private_file
from errors import Refusal


@contextmanager
def partial_file(target: Path) -> Iterator[Path]:
    """Yield a new file that gets the name `target` at the end, and is on disk then.

    Its mode is 0600. After an exception there is no file. Raises `file_exists`, `file_not_written`.
    """
    if target.exists():
        raise Refusal("file_exists", f"{target} exists. Name a new file.")
    path = target.with_name(f"{target.name}.partial")
    try:
        path.unlink(missing_ok=True)
        os.close(open_private_file(path))
        try:
            yield path
            _flush(path)
            path.rename(target)
            _flush(target.parent)
        finally:
            path.unlink(missing_ok=True)
    except OSError as error:
        message = f"Cannot write {target} ({error.strerror}). Choose another folder."
        raise Refusal("file_not_written", message) from error


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
