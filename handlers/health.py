"""Health check for load balancers and monitoring."""

from models.database import ping_database
from spec import types


def get_health() -> types.Health:
    """Raises `service_unavailable` if the database cannot be reached."""
    ping_database()
    return {"object": "health", "status": "ok"}
