"""Orders to a web process that is killed with SIGKILL while it handles them."""

import random
import threading
import time
from collections.abc import Sequence

import requests

from models.delivery.event import Event
from models.idempotency import IdempotencyRecord
from models.listing import Listing
from models.order import Order
from models.order_item import OrderItem
from tests.cast import Cast
from tests.client import Client
from tests.journeys.processes import kill, serving
from tests.ports import free_port

CONCURRENT_ORDERS = 12


def kill_while_ordering(cast: Cast, rng: random.Random) -> int:
    """Place concurrent orders and kill the web process. Check that each order exists completely or not at all, and
    that a retry with the same key creates each order once.

    Returns the number of orders that were complete before the retries.
    """
    listings = cast.owner.listings(CONCURRENT_ORDERS)
    keys = [f"order-{listing.id}" for listing in listings]
    port = free_port()
    with serving("web", port=port) as (process, server):
        threads = [
            threading.Thread(target=_order, args=(Client(server.url, cast.owner.test_key), listing.id, key))
            for listing, key in zip(listings, keys, strict=True)
        ]
        for thread in threads:
            thread.start()
        time.sleep(rng.uniform(0, 0.25))  # the random moment is the point of the test
        kill(process.pid)
        for thread in threads:
            thread.join(30)
    complete = [_is_complete(listing.id) for listing in listings]
    records = IdempotencyRecord.select().where(IdempotencyRecord.dealer == cast.owner.dealer).count()
    assert records == Order.select().where(Order.dealer == cast.owner.dealer).count()
    with serving("web", port=port) as (_, server):
        _retry(Client(server.url, cast.owner.test_key), listings, keys)
    assert all(_is_complete(listing.id) for listing in listings)
    return sum(complete)


def _order(client: Client, listing_id: str, key: str) -> None:
    try:
        client.order(listing_id, key=key)
    except requests.RequestException:
        pass
    finally:
        client.session.close()


def _is_complete(listing_id: str) -> bool:
    """Return True if the sale, the order and the event exist; fail if only some do."""
    status = Listing.get_by_id(listing_id).status
    orders = OrderItem.select().where(OrderItem.listing == listing_id).count()
    sales = Event.select().where(Event.resource_id == listing_id, Event.type == "listing.sold").count()
    assert (status, orders, sales) in (("sold", 1, 1), ("in_stock", 0, 0))
    return bool(orders)


def _retry(client: Client, listings: Sequence[Listing], keys: Sequence[str]) -> None:
    for listing, key in zip(listings, keys, strict=True):
        first, second = (client.order(listing.id, key=key) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert second.headers["Idempotent-Replay"] == "true"
    client.session.close()
