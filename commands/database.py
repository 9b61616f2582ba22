"""Base classes of commands that work on the database."""

import click

from commands.output import HubCommand
from errors import Refusal
from models import schema
from models.database import connection
from models.secret_key import require_right_key
from models.supported_database import require_supported_database


class DatabaseCommand(HubCommand):
    """Command that runs inside a database connection."""

    def run(self, ctx: click.Context) -> str | None:
        """Print inside the connection.

        Long texts are read from the database while they are printed.
        """
        with connection():
            require_usable_database()
            return super().run(ctx)


class HubGroup(click.Group):
    """Group of the commands of one noun."""

    command_class = DatabaseCommand


def require_usable_database() -> None:
    """Require a supported database, all migrations and the right secret key.

    Call it inside a connection. Raises `unsupported_database`, `migrations_pending`, or a Refusal about the key.
    """
    require_supported_database()
    if schema.list_pending():
        raise Refusal("migrations_pending", "The database has pending migrations. Run `wth migrate`.")
    require_right_key()
