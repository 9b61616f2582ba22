"""`wth backup` and `wth restore`: copy the database to a file, and back."""

from pathlib import Path

import click

import config
from commands.output import CommandOutput, HubCommand, example
from models.transfer import backup as domain

KEY_REMINDER = "Back up the secret key too: without it, nobody can decrypt the webhook secrets."
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command(cls=HubCommand, epilog=example("wth backup hub-2026-11-26.backup"))
@click.argument("file", type=FILE)
def backup(file: Path) -> CommandOutput:
    """Copy the database to a new FILE. The hub may run meanwhile.

    The copy is the database at one moment. The queue is not part of it: workers find what is due without it. On
    PostgreSQL this runs pg_dump.
    """
    size = domain.create_backup(file)
    place = "WTH_SECRET_KEY" if config.SECRET_KEY else str(config.KEY_FILE.path)
    text = f"Wrote {file} ({size / 2**20:,.1f} MiB).\n{KEY_REMINDER} It is in {place}."
    return CommandOutput({"file": str(file), "bytes": size}, text)


@click.command(cls=HubCommand, epilog=example("wth restore hub-2026-11-26.backup"))
@click.argument("file", type=FILE)
@click.option("--replace", "may_replace", is_flag=True, help="Restore although the database has dealers.")
def restore(file: Path, may_replace: bool) -> CommandOutput:
    """Restore the database from FILE. Stop all processes of the hub first.

    What was written after the backup is lost, and deliveries that were due then are sent again. The secret key must be
    the one of that time.
    """
    domain.restore_backup(file, may_replace=may_replace)
    return CommandOutput({"file": str(file)}, "Restored the database. Run `wth check`, then start the hub.")
