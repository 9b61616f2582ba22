"""Whether the hub works."""

from typing import Any

from models.base import ping_database


def get_health() -> dict[str, Any]:
    """Raises `service_unavailable` when the database does not answer."""
    ping_database()
    return {"object": "health", "status": "ok"}
