"""The test event that shows whether an endpoint hears us."""

from typing import Any

import orjson

from errors import Refusal
from models.dealer import Actor
from models.endpoint import PING, Endpoint
from models.event import Event

GREETING = "Hello from WatchTraderHub. Your endpoint works."


def send_ping(actor: Actor, message: str | None) -> dict[str, Any]:
    """The recorded event. Raises `webhook_not_configured` when no enabled endpoint takes it."""
    with actor.dealer.locked():
        if not any(endpoint.is_enabled for endpoint in Endpoint.wanting(actor, PING)):
            raise Refusal(
                "webhook_not_configured",
                "No enabled webhook endpoint takes test events; add one in the dashboard's settings.",
            )
        event = Event.record(actor, PING, {"message": message or GREETING, "triggered_by": actor.origin})
        body: dict[str, Any] = orjson.loads(event.body)
        return body
