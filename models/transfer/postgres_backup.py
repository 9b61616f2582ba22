"""Backups of a PostgreSQL database by its own programs, pg_dump and pg_restore."""

import shutil
import subprocess
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

import config
from errors import Refusal
from models.transfer.partial_file import partial_file

MAX_LINES = 3  # of a program's error message
HAS_DEALERS = "SELECT to_regclass('dealer') IS NOT NULL"
COUNT_DEALERS = "SELECT count(*) FROM dealer"
COUNT_OTHERS = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


def create(url: str, target: Path) -> None:
    """Write the database as it is now to a new file in pg_dump's custom format.

    Raises `program_missing`, `program_failed`, `file_exists`, `file_not_written`.
    """
    with partial_file(target) as path:
        _run("pg_dump", url, "--format=custom", "--no-owner", "--no-privileges", f"--file={path}")


def restore(url: str, source: Path, *, may_replace: bool) -> None:
    """Restore a backup in one transaction.

    Raises `hub_running`, `database_not_empty` unless `may_replace`, `program_missing`, `program_failed`.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        has_dealers = _read(connection, HAS_DEALERS) and _read(connection, COUNT_DEALERS)
        others = int(_read(connection, COUNT_OTHERS))
    if others:
        raise Refusal(
            "hub_running",
            f"{others} other sessions use the database. Stop all processes of the hub and connection poolers first.",
        )
    if has_dealers and not may_replace:
        raise Refusal(
            "database_not_empty",
            "The database has dealers already. Run `wth backup` for it, then restore with --replace.",
        )
    options = ("--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction", "--exit-on-error")
    _run("pg_restore", url, *options, str(source))


def _read(connection: psycopg.Connection[tuple[Any, ...]], sql: LiteralString) -> int:
    [value] = connection.execute(sql).fetchone() or (0,)
    return int(value)


def _run(program: str, url: str, *arguments: str) -> None:
    """Run a program of PostgreSQL.

    The password is in its environment, where other users cannot read it.
    """
    path = shutil.which(program)
    if path is None:
        raise Refusal(
            "program_missing", f"{program} is missing. Install the client programs of your PostgreSQL version."
        )
    parameters: dict[str, Any] = conninfo_to_dict(url)
    password = {"PGPASSWORD": str(value)} if (value := parameters.pop("password", None)) else {}
    command = [path, "--no-password", f"--dbname={make_conninfo(**parameters)}", *arguments]
    ended = subprocess.run(command, env=config.environment_with(password), capture_output=True, text=True, check=False)  # noqa: S603 - found by its name
    if ended.returncode:
        message = " ".join(" ".join(ended.stderr.split("\n")[:MAX_LINES]).split())
        raise Refusal("program_failed", f"{program} failed: {message or 'it gives no reason'}.")
