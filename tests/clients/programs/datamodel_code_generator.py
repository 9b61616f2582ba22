"""A dealer's program on the models of datamodel-code-generator.

`shop` places an order, `parse FILE` parses events.
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


class Hub:
    def __init__(self, url: str, key: str) -> None:
        self.client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"})

    def listings(self) -> ListingPage:
        response = self.client.get("/listings", params={"status": "in_stock", "limit": 1})
        return ListingPage.model_validate_json(response.content)

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
    failed = ErrorEnvelope.model_validate_json(hub.post("/orders", order_input).content)
    reason = CancelInput(reason="Changed their mind")
    cancelled = Order.model_validate_json(hub.post(f"/orders/{order.id}/cancel", reason).content)
    return {
        "listing": listing.id,
        "order": order.id,
        "total": order.total_eur,
        "is_replay_equal": Order.model_validate_json(again.content) == order,
        "replayed": again.headers["Idempotent-Replay"],
        "error_code": failed.error.code.value,
        "param": failed.error.param,
        "status": cancelled.status.value,
    }


def parse(body: Any) -> list[Any]:
    event = WebhookEvent.model_validate(body).root
    if isinstance(event, IntegrationTestEvent):
        return [event.event, event.sequence, event.data.message]
    if isinstance(event, CustomerMatchedEvent):
        return [event.event, event.sequence, event.data.matched_by.value]
    listings = ListingPublishedEvent, ListingUnpublishedEvent, ListingUpdatedEvent, ListingSoldEvent
    if isinstance(event, (*listings, ListingInStockEvent)):
        return [event.event, event.sequence, event.data.asking_price_eur]
    return [event.event, event.sequence, event.data.total_eur]


def main() -> None:
    if sys.argv[1] == "shop":
        result: object = shop(Hub(os.environ["HUB_URL"], os.environ["HUB_KEY"]))
    else:
        result = [parse(body) for body in json.loads(Path(sys.argv[2]).read_text())]
    sys.stdout.write(json.dumps(result))


main()
