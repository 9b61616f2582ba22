"""A shop as a process that is killed and started again, and the tables that it leaves.

WTH_TEST_SHOP is the command of a shop in another language. It reads the settings of `KilledShop`, prints `ready`
when it listens, and keeps the tables `listing` and, if SHOP_AUDIT is 1, `applied`.
"""

import os
import shlex
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import psycopg

import config
from tests.journeys.processes import end, kill
from tests.ports import free_port

POSTGRES = os.environ.get("WTH_TEST_POSTGRES", "")
# A shop in another language may end if the hub is unavailable; it is started again, as a supervisor does.
MAX_STARTS = 20 if "WTH_TEST_SHOP" in os.environ else 1
COMMAND = shlex.split(os.environ.get("WTH_TEST_SHOP", "")) or [sys.executable, "-m", "tests.mirror.audited_shop"]
SOURCES = os.pathsep.join(map(str, (config.ROOT, config.ROOT / "clients" / "python" / "src")))
PRICES = "SELECT id, status, price FROM listing"
APPLIED = "SELECT sequence, event_id FROM applied ORDER BY sequence"


class KilledShop:
    """A shop at one port with a new database: a file in `folder`, or a database on the server of the tests."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self.port = free_port()
        folder.mkdir()
        self._database = _create_postgres_database(folder.name) if POSTGRES else str(folder / "shop.db")
        self._settings = {**settings, "SHOP_DATABASE": self._database, "PORT": str(self.port), "SHOP_AUDIT": "1"}
        self._process = self._start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: Any) -> None:
        end(self._process)
        self._close_output()
        if POSTGRES:
            _run_on_server(f"DROP DATABASE {_name(self._database)} WITH (FORCE)")

    def wait(self) -> None:
        """Wait until it has printed that it is ready."""
        for _ in range(MAX_STARTS):
            if (line := self._read_line()) == b"ready":
                return
            self.kill()
        raise AssertionError(f"the shop ended {MAX_STARTS} times before it was ready and printed {line!r}")

    def _read_line(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()

    def kill(self) -> None:
        kill(self._process.pid)
        end(self._process)
        self._close_output()
        self._process = self._start()

    def listings(self) -> dict[str, tuple[str, float]]:
        return {row[0]: (row[1], float(row[2])) for row in self._query(PRICES)}

    def applied(self) -> list[tuple[int, str]]:
        return [(int(row[0]), row[1]) for row in self._query(APPLIED)]

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {**os.environ, "PYTHONPATH": SOURCES, **self._settings}
        return subprocess.Popen(
            COMMAND, cwd=config.ROOT, env=environment, stdout=subprocess.PIPE, start_new_session=True
        )

    def _close_output(self) -> None:
        assert self._process.stdout is not None
        self._process.stdout.close()

    def _query(self, statement: str) -> list[Any]:
        connect: Any = psycopg.connect if POSTGRES else sqlite3.connect
        with closing(connect(self._database)) as connection:
            return list(connection.execute(statement).fetchall())


def _create_postgres_database(name: str) -> str:
    name = f"wth_shop_{os.getpid()}_{name}"
    _run_on_server(f"CREATE DATABASE {name}")
    return f"{POSTGRES.rsplit('/', 1)[0]}/{name}"


def _name(url: str) -> str:
    return url.rsplit("/", 1)[1]


def _run_on_server(statement: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(statement)
