"""A second hub, with its own folder and database, whose commands are processes."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg

import config
from tests.commands.conftest import CommandResult

PROGRAM = [sys.executable, str(config.ROOT / "cli.py")]
Rows = dict[str, list[tuple[Any, ...]]]


class HubFolder:
    """The hub in `folder`, with the tests' secret key."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.folder = folder
        self.database = folder / "hub.db"
        self.settings = {
            "WTH_DATA_DIR": str(folder),
            "WTH_DATABASE_URL": database_url or f"sqlite://{self.database}",
            "WTH_QUEUE_URL": f"sqlite://{folder}/queue.db",
        }

    def run(self, *arguments: str) -> CommandResult:
        process = subprocess.run(
            [*PROGRAM, *arguments], env={**os.environ, **self.settings}, capture_output=True, text=True, timeout=60
        )
        return CommandResult(process.returncode, process.stdout, process.stderr)


def rows_of(url: str) -> Rows:
    """Read all rows of all tables in one order, with booleans as numbers."""
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(config.sqlite_path(url))) as connection:
            names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return {name: _sorted(connection.execute(f"SELECT * FROM {name}").fetchall()) for (name,) in names}
    with psycopg.connect(url) as server:
        names = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {name: _sorted(server.execute(f"SELECT * FROM {name}").fetchall()) for (name,) in names}


def _sorted(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted((tuple(int(v) if isinstance(v, bool) else v for v in row) for row in rows), key=repr)
