"""Test events that show whether an endpoint receives deliveries."""

from typing import Any

import orjson

from errors import Refusal
from models.dealer import Actor
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.delivery.event_types import PING

GREETING = "Hello from WatchTraderHub. Your endpoint works."


def send_ping(actor: Actor, message: str | None) -> dict[str, Any]:
    """Record a test event for every endpoint of the mode and return its body.

    A `message` of None gets the default greeting. Raises `webhook_not_configured` when no enabled endpoint would
    receive it.
    """
    with actor.dealer.locked():
        if not any(endpoint.is_enabled for endpoint in Endpoint.subscribed_to(actor, PING)):
            raise Refusal(
                "webhook_not_configured",
                "No enabled webhook endpoint receives test events. Add one in the dashboard's settings.",
            )
        event = Event.record(actor, PING, {"message": message or GREETING, "triggered_by": actor.origin})
        body: dict[str, Any] = orjson.loads(event.body)
        return body


def send_test_event(actor: Actor, endpoint: Endpoint, *, signs_newest_only: bool) -> Delivery:
    """Send a test event to one endpoint.

    Signed with the newest secret only, it verifies a rotation before the previous secret expires.
    """
    with actor.dealer.locked():
        event = Event.insert_event(actor, PING, {"message": GREETING, "triggered_by": "dashboard"})
        return Delivery.enqueue_to(event, endpoint, signs_newest_only=signs_newest_only)
