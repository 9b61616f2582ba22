"""A dealer's program on the models of datamodel-code-generator.

`shop` places an order, `events` and `parse FILE` read events.
"""

import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

import httpx
from hub import (
    CancelInput,
    CustomerMatchedEvent,
    ErrorEnvelope,
    IntegrationTestEvent,
    ListingInStockEvent,
    ListingPage,
    ListingPublishedEvent,
    ListingSoldEvent,
    ListingUnpublishedEvent,
    ListingUpdatedEvent,
    Order,
    OrderCustomerInput,
    OrderInput,
    OrderItemInput,
    WebhookEvent,
)
from pydantic import BaseModel

KNOWN = {
    "listing.published",
    "listing.unpublished",
    "listing.updated",
    "listing.sold",
    "listing.in_stock",
    "order.received",
    "order.fulfilled",
    "order.cancelled",
    "customer.matched",
    "integration.test_event",
}


class Hub:
    def __init__(self, url: str, key: str) -> None:
        self.client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"})

    def listings(self) -> ListingPage:
        response = self.client.get("/listings", params={"status": "in_stock", "limit": 1})
        return ListingPage.model_validate_json(response.content)

    def events(self) -> Any:
        """Bodies as JSON: `EventPage` rejects a page with an event type that it does not know."""
        return self.client.get("/events", params={"limit": 100}).json()["data"]

    def post(self, path: str, body: BaseModel, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key or uuid.uuid4().hex, "Content-Type": "application/json"}
        return self.client.post(path, content=body.model_dump_json(exclude_unset=True), headers=headers)


def shop(hub: Hub) -> dict[str, Any]:
    listing = hub.listings().data[0]
    order_input = OrderInput(
        items=[OrderItemInput(listing_id=listing.id)], customer=OrderCustomerInput(email="buyer@shop.example")
    )
    key = uuid.uuid4().hex
    order = Order.model_validate_json(hub.post("/orders", order_input, key).content)
    again = hub.post("/orders", order_input, key)
    failed = hub.post("/orders", order_input)
    error = ErrorEnvelope.model_validate_json(failed.content).error
    reason = CancelInput(reason="Changed their mind")
    cancelled = Order.model_validate_json(hub.post(f"/orders/{order.id}/cancel", reason).content)
    return {
        "listing": listing.id,
        "order": order.id,
        "total": order.total_eur,
        "is_replay_equal": Order.model_validate_json(again.content) == order,
        "replayed": again.headers["Idempotent-Replay"],
        "error_status": failed.status_code,
        "error_code": error.code.root,
        "param": error.param,
        "status": cancelled.status.root,
    }


def parse(body: Any) -> list[Any] | None:
    if body["event"] not in KNOWN:
        return None
    event = WebhookEvent.model_validate(body).root
    if isinstance(event, IntegrationTestEvent):
        return [event.event, event.sequence, event.data.message]
    if isinstance(event, CustomerMatchedEvent):
        return [event.event, event.sequence, event.data.matched_by.root]
    listings = ListingPublishedEvent, ListingUnpublishedEvent, ListingUpdatedEvent, ListingSoldEvent
    if isinstance(event, (*listings, ListingInStockEvent)):
        return [event.event, event.sequence, event.data.asking_price_eur]
    return [event.event, event.sequence, event.data.total_eur]


def main() -> None:
    hub = Hub(os.environ["HUB_URL"], os.environ["HUB_KEY"])
    if sys.argv[1] == "shop":
        result: object = shop(hub)
    else:
        bodies = hub.events() if sys.argv[1] == "events" else json.loads(Path(sys.argv[2]).read_text())
        result = [parse(body) for body in bodies]
    sys.stdout.write(json.dumps(result))


main()
