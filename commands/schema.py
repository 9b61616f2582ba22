"""`wth migrate`: the database schema."""

import click

from commands.output import CommandOutput, HubCommand, example
from models import schema


@click.command(cls=HubCommand, needs_database=False, epilog=example("wth migrate --plan"))
@click.option("--plan", is_flag=True, help="Only name what is to be done.")
def migrate(plan: bool) -> CommandOutput:
    """Bring the database up to date. `wth serve` does it by itself."""
    if plan:
        pending = schema.list_pending()
        return CommandOutput({"pending": pending}, "\n".join(pending) or "Nothing is to be done.")
    applied = schema.migrate()
    done = "\n".join(f"{name} is done." for name in applied)
    return CommandOutput({"applied": applied}, done or "The database was up to date.")
