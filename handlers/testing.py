"""Test operations, for test keys."""

from typing import Any

from models.dealer import Actor
from models.delivery.ping import send_ping
from spec import types


def send_webhook_ping(actor: Actor, body: types.PingInput | None) -> tuple[dict[str, Any], int]:
    message = body.get("message") if body else None
    return send_ping(actor, message), 201
