"""Trying the integration out."""

from typing import Any

from models.dealer import Actor
from models.ping import send_ping


def send_webhook_ping(actor: Actor, body: dict[str, Any] | None) -> tuple[dict[str, Any], int]:
    return send_ping(actor, (body or {}).get("message")), 201
