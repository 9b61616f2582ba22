"""Health check for load balancers and monitoring."""

from models.database import ping_database
from spec import types


def get_health() -> types.Health:
    """Check the database. Raises `service_unavailable` if it is unreachable."""
    ping_database()
    return {"object": "health", "status": "ok"}
