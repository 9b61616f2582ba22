"""Surroundings of a contender: its copy of the hub's database, its environment, and a Redis server."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import config
from bench.contenders import Programs
from bench.peers import installation
from bench.processes import SERVER_CORE, started
from models.vault import decrypt
from tests.ports import free_port


def copy_database(folder: Path, *, with_plain_secrets: bool) -> Path:
    """Copy the hub's database. Peers get the signing secrets decrypted, because the key is the hub's."""
    folder.mkdir(parents=True)
    path = folder / "hub.db"
    with closing(sqlite3.connect(config.DATA_DIR / "hub.db")) as source, closing(sqlite3.connect(path)) as copy:
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = WAL")
        if with_plain_secrets:
            secrets = copy.execute("SELECT id, secret FROM endpoint").fetchall()
            copy.executemany("UPDATE endpoint SET secret = ? WHERE id = ?", [(decrypt(s), i) for i, s in secrets])
            copy.commit()
    return path


def environment_of(programs: Programs, database: Path, synchronous: str, redis_port: int | None) -> dict[str, str]:
    """Return the environment of a contender's processes, for the hub and the peers alike."""
    return {
        **os.environ,
        "WTH_DATA_DIR": str(database.parent),
        "WTH_SQLITE_SYNCHRONOUS": synchronous.lower(),
        "PYTHONPATH": str(config.ROOT),
        "DATABASE": str(database),
        "SYNCHRONOUS": synchronous,
        "REDIS_PORT": str(redis_port or ""),
        "ALLOW_PRIVATE": "1",
        "NODE_ENV": "production",
        **programs.settings,
    }


@contextmanager
def redis_server(folder: Path) -> Iterator[tuple[int, int]]:
    """Run a Redis without persistence on the server's core.

    Yields its process id and port. Raises CannotInstall.
    """
    port = free_port()
    options = ["--save", "", "--appendonly", "no", "--dir", str(folder), "--logfile", "redis.log"]
    command = [installation.find_redis(), "--port", str(port), *options]
    with started(command, os.environ, core=SERVER_CORE) as process:
        yield process.pid, port
