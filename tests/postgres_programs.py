"""Runs PgBouncer and PostgreSQL servers of a test's own, as users without privileges."""

import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.conftest import POSTGRES
from tests.journeys.processes import eventually
from tests.ports import free_port

POOLER = """
[databases]
* = host={host} port={port} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {listen_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 5
{settings}
"""


def find_program(name: str, package: str) -> str:
    """Return the path of a program; skip the test if it is missing. Debian has servers outside of PATH."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") or (str(versions[-1]) if versions else None)
    if path is None:
        pytest.skip(f"{name} is not on this machine: install Debian's {package} package.")
    return path


@contextmanager
def pgbouncer(*settings: str, url: str = POSTGRES) -> Iterator[int]:
    """Run PgBouncer in transaction mode before the server of a URL, with five connections per database."""
    program, server, port = find_program("pgbouncer", "pgbouncer"), urlsplit(url), free_port()
    user = ["user = nobody"] if os.getuid() == 0 else []
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "pgbouncer.ini")
        file.write_text(
            POOLER.format(
                host=server.hostname,
                port=server.port or 5432,
                user=server.username,
                listen_port=port,
                settings="\n".join([*settings, *user]),
            )
        )
        with _running([program, "-q", str(file)], lambda: _responds(f"postgresql://any@127.0.0.1:{port}/postgres")):
            yield port


@contextmanager
def postgres(prepare: Callable[[Path], list[str]], *, password: str) -> Iterator[int]:
    """Run a PostgreSQL server on loopback whose user hub has a password.

    `prepare` writes files into the folder of its data and returns its settings.
    """
    initdb, server = find_program("initdb", "postgresql"), find_program("postgres", "postgresql")
    owner = pwd.getpwnam("nobody") if os.getuid() == 0 else pwd.getpwuid(os.getuid())
    options = {"user": owner.pw_uid, "group": owner.pw_gid} if os.getuid() == 0 else {}
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        secret = Path(folder, "password")
        secret.write_text(password)
        _give(Path(folder), owner)
        data = Path(folder, "data")
        arguments = ["-D", str(data), "-U", "hub", "-A", "scram-sha-256", f"--pwfile={secret}", "-E", "UTF8", "-N"]
        subprocess.run([initdb, *arguments, "--locale=C"], check=True, capture_output=True, cwd="/", **options)  # type: ignore[call-overload] # mypy cannot follow the options
        settings = [f"port={port}", "fsync=off", "unix_socket_directories=", *prepare(data)]
        _give(data, owner)
        command = [server, "-D", str(data), *(word for setting in settings for word in ("-c", setting))]
        url = f"postgresql://hub:{password}@localhost:{port}/postgres"
        with _running(command, lambda: _responds(url), **options):
            yield port


@contextmanager
def database(clause: str = "ENCODING 'UTF8' LOCALE 'C'") -> Iterator[str]:
    """Create a database on the server of the tests; yields its URL."""
    name = f"wth_test_own_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(POSTGRES, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name} TEMPLATE template0 {clause}")
        try:
            yield f"{POSTGRES.rsplit('/', 1)[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _give(folder: Path, owner: pwd.struct_passwd) -> None:
    if os.getuid() == 0:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner.pw_uid, owner.pw_gid)


@contextmanager
def _running(command: list[str], is_ready: Callable[[], bool], **options: int) -> Iterator[None]:
    process = subprocess.Popen(command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)  # type: ignore[call-overload] # mypy cannot follow the options
    try:
        eventually(lambda: process.poll() is not None or is_ready())
        assert process.poll() is None, f"{command[0]} exited with status {process.returncode}"
        yield
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()


def _responds(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
