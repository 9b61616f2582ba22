"""`wth move`: moves a hub from SQLite to PostgreSQL."""

import subprocess
import sys
from importlib import import_module

import click

import config
from commands.drivers import use_driver
from commands.output import CommandOutput, HubCommand, example
from config.readers import database_url
from errors import Refusal

EXAMPLE = example("wth move --to postgresql://hub@db.example/hub")


@click.command(cls=HubCommand, epilog=EXAMPLE)
@click.option("--to", "target", required=True, metavar="URL", help="An empty PostgreSQL database.")
def move(target: str) -> CommandOutput:
    """Copy a hub on SQLite to PostgreSQL. Stop all processes of the hub first.

    Every row is copied and compared in one transaction, and the SQLite file stays as it is. Then set WTH_DATABASE_URL
    to the new database and keep the secret key. Put the password in PGPASSWORD or ~/.pgpass: other users of the
    machine can read the command line.
    """
    url = _require_possible(target)
    use_driver("psycopg")
    domain = import_module("models.transfer.move")
    domain.require_empty_target(url)
    _migrate(url)
    counts: dict[str, int] = domain.move(config.sqlite_path(config.DATABASE_URL), url, _report)
    total = sum(counts.values())
    text = (
        f"Moved {total:,} rows of {len(counts)} tables, and compared them. Set WTH_DATABASE_URL, then run `wth check`."
    )
    return CommandOutput({"rows": counts}, text)


def _require_possible(target: str) -> str:
    """Return the target's URL. Raises `wrong_database` unless the hub is on SQLite."""
    if not config.is_sqlite():
        raise Refusal("wrong_database", "This hub is on PostgreSQL already. Use `wth backup` and `wth restore`.")
    try:
        url = database_url(target)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", param_hint="--to") from None
    if not url.startswith("postgresql:"):
        raise click.BadParameter("must begin with postgresql://.", param_hint="--to")
    return url


def _migrate(url: str) -> None:
    """Create the tables in a process of its own, because a process has one database."""
    command = [sys.executable, str(config.ROOT / "cli.py"), "migrate"]
    environment = config.environment_with({"WTH_DATABASE_URL": url})
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - our own program
    if ended.returncode:
        raise Refusal("target_not_migrated", f"`wth migrate` failed there: {ended.stderr.strip()}")


def _report(table: str, copied: int, count: int) -> None:
    if copied == count:
        click.echo(f"{table}: {count:,} rows", err=True)
    elif copied % 100_000 == 0 and copied:
        click.echo(f"{table}: {copied:,} of {count:,} rows", err=True)
