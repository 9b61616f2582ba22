"""A dealer's program on the package of openapi-generator's `python`.

`shop` places an order, `events` and `parse FILE` read events.
"""

import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

from openapi_client import ApiClient, ApiException, Configuration, EventsApi, ListingsApi, OrdersApi, models

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


def connect() -> ApiClient:
    return ApiClient(Configuration(host=os.environ["HUB_URL"], access_token=os.environ["HUB_KEY"]))


def shop(client: ApiClient) -> dict[str, Any]:
    orders = OrdersApi(client)
    listing = ListingsApi(client).list_listings(status=models.ListingStatus.IN_STOCK, limit=1).data[0]
    order_input = models.OrderInput(
        items=[models.OrderItemInput(listing_id=listing.id)],
        customer=models.OrderCustomerInput(email="buyer@shop.example"),
    )
    key = uuid.uuid4().hex
    order = orders.create_order(key, order_input)
    again = orders.create_order_with_http_info(key, order_input)
    error = rejected(orders, order_input)
    assert isinstance(error.data, models.ErrorEnvelope)
    cancelled = orders.cancel_order(order.id, uuid.uuid4().hex, models.CancelInput(reason="Changed their mind"))
    return {
        "listing": listing.id,
        "order": order.id,
        "total": order.total_eur,
        "is_replay_equal": again.data == order,
        "replayed": {name.lower(): value for name, value in (again.headers or {}).items()}["idempotent-replay"],
        "error_status": error.status,
        "error_code": error.data.error.code.value,
        "param": error.data.error.param,
        "status": cancelled.status.value,
    }


def rejected(orders: OrdersApi, order_input: models.OrderInput) -> ApiException:
    try:
        orders.create_order(uuid.uuid4().hex, order_input)
    except ApiException as error:
        return error
    raise AssertionError("The watch was sold twice.")


def events(client: ApiClient) -> Any:
    """Read the bodies as JSON: `list_events` rejects a page with an event type that it does not know."""
    return json.loads(EventsApi(client).list_events_without_preload_content(limit=100).data)["data"]


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


def main() -> None:
    result: object
    if sys.argv[1] == "shop":
        result = shop(connect())
    else:
        bodies = events(connect()) if sys.argv[1] == "events" else json.loads(Path(sys.argv[2]).read_text())
        result = [parse(body) for body in bodies]
    sys.stdout.write(json.dumps(result))


main()
