"""Health check for load balancers and monitoring."""

from models.database_check import check_database
from spec import types


async def get_health() -> types.Health:
    """Check the database. Raises `service_unavailable` if it is unreachable."""
    await check_database()
    return {"object": "health", "status": "ok"}
