"""Shops on the TypeScript mirror: processes of a current Node, each on a database of its own or a shared one."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import requests

import config
from tests.clients import tools
from tests.ports import free_port
from tests.receiver import Delivered

SOURCE = config.ROOT / "clients" / "typescript"
PROGRAM = Path(__file__).parent / "shop.ts"


def run(command: list[str | Path], folder: Path) -> None:
    done = tools.run(command, folder)
    assert done.returncode == 0, done.stdout


def build_package(folder: Path) -> None:
    """Copy the package and build it, as `npm run build` in a checkout."""
    shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns("node_modules", "dist"))
    (folder / "node_modules").symlink_to(tools.typescript_compiler() / "node_modules")
    run(["npm", "run", "build"], folder)


def build_project() -> Path:
    """Build the package and the shop beside the frameworks, once for each state of the sources; returns the folder."""
    modules = tools.mirror_tools() / "node_modules"
    sources = [PROGRAM, PROGRAM.with_name("tsconfig.json"), *package_files()]

    def build(folder: Path) -> None:
        (folder / "node_modules" / "@watchtraderhub").mkdir(parents=True)
        build_package(folder / "node_modules" / "@watchtraderhub" / "client")
        for entry in modules.iterdir():
            (folder / "node_modules" / entry.name).symlink_to(entry)
        for path in (PROGRAM, PROGRAM.with_name("tsconfig.json")):
            shutil.copy(path, folder)
        (folder / "package.json").write_text('{"private": true, "type": "module"}')

    return tools.once("project", [str(modules).encode(), *(path.read_bytes() for path in sources)], build)


def package_files() -> list[Path]:
    """List the files of the package, without what npm and the build write."""
    written = {"node_modules", "dist"}
    return [
        path
        for path in sorted(SOURCE.rglob("*"))
        if path.is_file() and written.isdisjoint(path.relative_to(SOURCE).parts)
    ]


@dataclass
class ShopDatabase:
    """The shop's own database: a SQLite file, or a PostgreSQL URL."""

    address: str
    driver: str

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if self.driver == "pg":
            with psycopg.connect(self.address, autocommit=True) as connection:
                cursor = connection.execute(sql.encode())
                return cursor.fetchall() if cursor.description else []
        with closing(sqlite3.connect(self.address, timeout=10)) as database, database:
            return [*database.execute(sql)]

    @property
    def position(self) -> int | None:
        """The position of the mirror, None before its first snapshot."""
        try:
            rows = self.rows("SELECT position FROM watchtraderhub_mirror")
        except (sqlite3.OperationalError, psycopg.errors.UndefinedTable):
            return None
        return int(rows[0][0]) if rows else None

    @property
    def applied(self) -> list[int]:
        """The sequences of the events that took effect, in the order of their numbers."""
        return [int(sequence) for (sequence,) in self.rows("SELECT sequence FROM applied ORDER BY sequence")]

    @property
    def listings(self) -> set[tuple[str, str, float]]:
        return {(row[0], row[1], float(row[2])) for row in self.rows("SELECT id, status, price FROM listing")}


@dataclass
class NodeShop:
    """A running shop."""

    process: "subprocess.Popen[str]"
    port: int
    session: requests.Session

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhooks"

    def send(self, delivered: Delivered, body: bytes | None = None) -> requests.Response:
        """Deliver a captured request, as the hub would when it delivers an event again."""
        data = delivered.body if body is None else body
        return self.session.post(self.url, data=data, headers=signed_headers(delivered), timeout=30)

    def read_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


def signed_headers(delivered: Delivered) -> dict[str, str]:
    return {"Content-Type": "application/json", "WTH-Signature": delivered.headers["WTH-Signature"]}


@contextmanager
def started(
    command: Sequence[str | Path], folder: Path, settings: Mapping[str, str]
) -> Iterator["subprocess.Popen[str]"]:
    """Start a program, and kill it at the end."""
    environment = {"PATH": os.environ["PATH"], "NODE_NO_WARNINGS": "1", **settings}
    words = [*map(str, command)]
    with subprocess.Popen(words, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def running(
    command: Sequence[str | Path], folder: Path, settings: Mapping[str, str], *, port: int | None = None
) -> Iterator[NodeShop]:
    """Start a shop and wait until it is ready."""
    chosen = port or free_port()
    with started(command, folder, {"PORT": str(chosen), **settings}) as process, requests.Session() as session:
        shop = NodeShop(process, chosen, session)
        assert shop.read_line() == "ready"
        yield shop
