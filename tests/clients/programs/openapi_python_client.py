"""A dealer's program on the package of openapi-python-client.

`shop` places an order, `events` and `parse FILE` read events.
"""

import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

from hub import AuthenticatedClient, models
from hub.api.listings import list_listings
from hub.api.orders import cancel_order, create_order

PAYLOADS: dict[str, Any] = {
    "listing.published": models.ListingPublishedEvent,
    "listing.unpublished": models.ListingUnpublishedEvent,
    "listing.updated": models.ListingUpdatedEvent,
    "listing.sold": models.ListingSoldEvent,
    "listing.in_stock": models.ListingInStockEvent,
    "order.received": models.OrderReceivedEvent,
    "order.fulfilled": models.OrderFulfilledEvent,
    "order.cancelled": models.OrderCancelledEvent,
    "customer.matched": models.CustomerMatchedEvent,
    "integration.test_event": models.IntegrationTestEvent,
}


def shop(client: AuthenticatedClient) -> dict[str, Any]:
    page = list_listings.sync(client=client, status=models.ListingStatus.IN_STOCK, limit=1)
    assert isinstance(page, models.ListingPage)
    listing = page.data[0]
    order_input = models.OrderInput(
        items=[models.OrderItemInput(listing_id=listing.id)],
        customer=models.OrderCustomerInput(email="buyer@shop.example"),
    )
    key = uuid.uuid4().hex
    order = create_order.sync(client=client, body=order_input, idempotency_key=key)
    again = create_order.sync_detailed(client=client, body=order_input, idempotency_key=key)
    failed = create_order.sync_detailed(client=client, body=order_input, idempotency_key=uuid.uuid4().hex)
    assert isinstance(order, models.Order)
    assert isinstance(failed.parsed, models.ErrorEnvelope)
    reason = models.CancelInput(reason="Changed their mind")
    cancelled = cancel_order.sync(order.id, client=client, body=reason, idempotency_key=uuid.uuid4().hex)
    assert isinstance(cancelled, models.Order)
    return {
        "listing": listing.id,
        "order": order.id,
        "total": order.total_eur,
        "is_replay_equal": again.parsed == order,
        "replayed": again.headers["Idempotent-Replay"],
        "error_status": failed.status_code.value,
        "error_code": failed.parsed.error.code.value,
        "param": failed.parsed.error.param,
        "status": cancelled.status.value,
    }


def events(client: AuthenticatedClient) -> Any:
    """Read the bodies as JSON: the generated function rejects a page with an event type that it does not know."""
    return client.get_httpx_client().get("/events", params={"limit": 100}).raise_for_status().json()["data"]


def parse(body: dict[str, Any]) -> list[Any] | None:
    if body["event"] not in PAYLOADS:
        return None
    event = PAYLOADS[body["event"]].from_dict(body)
    match event:
        case models.IntegrationTestEvent():
            return [event.event, event.sequence, event.data.message]
        case models.CustomerMatchedEvent():
            return [event.event, event.sequence, event.data.matched_by.value]
        case models.OrderReceivedEvent() | models.OrderFulfilledEvent() | models.OrderCancelledEvent():
            return [event.event, event.sequence, event.data.total_eur]
    return [event.event, event.sequence, event.data.asking_price_eur]


def connect() -> AuthenticatedClient:
    return AuthenticatedClient(base_url=os.environ["HUB_URL"], token=os.environ["HUB_KEY"])


def main() -> None:
    result: object
    if sys.argv[1] == "shop":
        result = shop(connect())
    else:
        bodies = events(connect()) if sys.argv[1] == "events" else json.loads(Path(sys.argv[2]).read_text())
        result = [parse(body) for body in bodies]
    sys.stdout.write(json.dumps(result))


main()
