"""Ways in which a SQLite file becomes unusable."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path


def write_garbage(path: Path) -> None:
    path.write_bytes(os.urandom(20_000))
    _truncate_log(path)


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(100)
    _truncate_log(path)


def put_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def change_schema(path: Path) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        tables = [name for (name,) in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in tables:
            other.execute(f"DROP TABLE {name}")
            other.execute(f"CREATE TABLE {name} (something TEXT)")


def delete(path: Path) -> None:
    path.unlink()


DAMAGES: dict[str, Callable[[Path], None]] = {
    "garbage": write_garbage,
    "truncated": truncate,
    "folder": put_folder,
    "other schema": change_schema,
    "deleted": delete,
}


def _truncate_log(path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    if log.exists():
        os.truncate(log, 0)


def set_aside(path: Path) -> list[Path]:
    """List what was renamed, without the companions."""
    return [file for file in path.parent.glob(f"{path.name}.damaged-*") if not file.name.endswith(("-wal", "-shm"))]
