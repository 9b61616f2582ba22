"""Whether the hub works."""

from models.database import ping_database
from spec import types


def get_health() -> types.Health:
    """Raises `service_unavailable` when the database does not answer."""
    ping_database()
    return {"object": "health", "status": "ok"}
