"""The database at the start of a process: apply or require its migrations."""

import logging

import config
from commands.database import require_usable_database
from models import schema
from models.checkpoint import checkpoint
from models.database import DatabaseUnavailable, connection
from models.secret_key import require_right_key

log = logging.getLogger("wth.serve")


def migrate_database() -> None:
    """Apply pending migrations."""
    applied = schema.migrate()
    if applied:
        log.info("Applied migrations: %s.", ", ".join(applied))
    with connection():
        require_right_key()
    _prove_writable()


def require_database() -> None:
    """Reject a database with pending migrations.

    An unavailable PostgreSQL server may recover, so this only logs a warning.
    """
    try:
        with connection():
            require_usable_database()
    except DatabaseUnavailable as error:
        if config.is_sqlite():
            raise
        log.warning("%s %s", error.message, error.__cause__)
    _prove_writable()


def _prove_writable() -> None:
    """Warn about a database that can only be read, such as one on a full disk."""
    try:
        with connection():
            checkpoint()
    except DatabaseUnavailable as error:
        log.warning("%s %s", error.message, error.__cause__)
