"""A dealer's program on the Python package: `shop`, `newer`, `event FILE` and `vectors FILE` print JSON."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from watchtraderhub import Client, SignatureError, StatusError, errors, webhooks

slept: list[float] = []


def connect() -> Client:
    url, key = os.environ["HUB_URL"], os.environ["HUB_KEY"]
    return Client(key, base_url=url, sleep=slept.append, jitter=lambda: 0.0)


def shop() -> Any:
    """Browse, order over a connection that breaks, and sell the same watch twice."""
    with connect() as hub:
        listings = [listing["id"] for listing in hub.listings.list(limit=2, published=True)]
        order = hub.orders.create(
            {"items": [{"listing_id": listings[0]}], "customer": {"email": "buyer@shop.example", "last_name": "Müller"}}
        )
        return {
            "listings": listings,
            "order": order["id"],
            "orders": [each["id"] for each in hub.orders.list()],
            "rejected": sell_again(hub, listings[0]),
            "customers": len(list(hub.customers.list())),
            "cancelled": hub.orders.cancel(order["id"], {"reason": "Changed their mind"})["status"],
            "events": [event["event"] for event in hub.events.list(limit=1)],
            "mode": hub.integration.get_me()["mode"],
            "slept": slept,
        }


def sell_again(hub: Client, listing_id: str) -> Any:
    try:
        hub.orders.create({"items": [{"listing_id": listing_id}], "customer": {"email": "late@shop.example"}})
    except errors.ListingNotAvailableError as error:
        is_conflict = isinstance(error, errors.ConflictError)
        return [error.status, error.type, error.code, error.param, is_conflict, (error.request_id or "")[:4]]
    return None


def newer() -> Any:
    """Use a hub that sends fields, codes and events that this package does not know."""
    with connect() as hub:
        listing = next(iter(hub.listings.list()))
        try:
            hub.orders.get("ord_missing")
        except StatusError as error:
            kind, code = type(error).__name__, error.code
        return {
            "fields": "unknown_field" in listing,
            "error": [kind, code],
            "events": [event["event"] for event in hub.events.list()],
        }


def event(delivery: Any) -> Any:
    body, secrets = delivery["body"].encode(), ["whsec_another", delivery["secret"]]
    received = webhooks.construct_event(body, delivery["headers"], secrets)
    return [received["event"], received["id"]]


def vectors(cases: Any) -> Any:
    return [is_valid(case) for case in cases["vectors"]]


def is_valid(case: Any) -> bool:
    try:
        webhooks.verify_signature(case["body"].encode(), case["header"], case["secret"], now=case["now"])
    except SignatureError:
        return False
    return True


if __name__ == "__main__":
    command, *files = sys.argv[1:]
    commands: dict[str, Callable[..., Any]] = {"shop": shop, "newer": newer, "event": event, "vectors": vectors}
    print(json.dumps(commands[command](*(json.loads(Path(file).read_text()) for file in files))))
