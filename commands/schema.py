"""`wth migrate`: applies database migrations."""

import click

from commands.output import CommandOutput, HubCommand, example
from models import schema
from models.database import connection
from models.secret_key import require_right_key


@click.command(cls=HubCommand, epilog=example("wth migrate --plan"))
@click.option("--plan", is_flag=True, help="List the pending migrations without applying them.")
def migrate(plan: bool) -> CommandOutput:
    """Apply pending database migrations. `wth serve` runs this on start."""
    if plan:
        pending = schema.list_pending()
        return CommandOutput({"pending": pending}, "\n".join(pending) or "No pending migrations.")
    applied = schema.migrate()
    with connection():
        require_right_key()  # also creates the key of a new hub
    text = "\n".join(f"Applied {name}." for name in applied)
    return CommandOutput({"applied": applied}, text or "The database is up to date.")
