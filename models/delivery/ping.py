"""The test event that shows whether an endpoint hears us."""

from typing import Any

import orjson

from errors import Refusal
from models.dealer import Actor
from models.delivery.delivery import Delivery
from models.delivery.endpoint import PING, Endpoint
from models.delivery.event import Event

GREETING = "Hello from WatchTraderHub. Your endpoint works."


def send_ping(actor: Actor, message: str | None) -> dict[str, Any]:
    """The recorded event. Raises `webhook_not_configured` when no enabled endpoint takes it."""
    with actor.dealer.locked():
        if not any(endpoint.is_enabled for endpoint in Endpoint.subscribed_to(actor, PING)):
            raise Refusal(
                "webhook_not_configured",
                "No enabled webhook endpoint takes test events; add one in the dashboard's settings.",
            )
        event = Event.record(actor, PING, {"message": message or GREETING, "triggered_by": actor.origin})
        body: dict[str, Any] = orjson.loads(event.body)
        return body


def send_test_event(actor: Actor, endpoint: Endpoint, *, signs_newest_only: bool) -> Delivery:
    """A test event to one endpoint; signed by the newest secret only, it proves a rotation before the old one ends."""
    with actor.dealer.locked():
        event = Event.write(actor, PING, {"message": GREETING, "triggered_by": "dashboard"})
        return Delivery.enqueue_to(event, endpoint, signs_newest_only=signs_newest_only)
