"""Orders to a web process that is killed with -9 while it answers them."""

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
from tests.journeys.processes import free_port, kill, serving

AT_ONCE = 12


def kill_while_ordering(cast: Cast, dice: random.Random) -> int:
    """One round; checks that each order is there whole or not at all, and that repeating makes one of each.

    Gives how many were there whole before they were repeated.
    """
    watches = cast.owner.listings(AT_ONCE)
    keys = [f"order-{watch.id}" for watch in watches]
    port = free_port()
    with serving("web", port=port) as (process, server):
        threads = [
            threading.Thread(target=_try, args=(Client(server.url, cast.owner.test_key), watch.id, key))
            for watch, key in zip(watches, keys, strict=True)
        ]
        for thread in threads:
            thread.start()
        time.sleep(dice.uniform(0, 0.25))  # the instant is the experiment
        kill(process.pid)
        for thread in threads:
            thread.join(30)
    whole = [_is_whole(watch.id) for watch in watches]
    records = IdempotencyRecord.select().where(IdempotencyRecord.dealer == cast.owner.dealer).count()
    assert records == Order.select().where(Order.dealer == cast.owner.dealer).count()
    with serving("web", port=port) as (_, server):
        _repeat(Client(server.url, cast.owner.test_key), watches, keys)
    assert all(_is_whole(watch.id) for watch in watches)
    return sum(whole)


def _try(client: Client, listing_id: str, key: str) -> None:
    try:
        client.order(listing_id, key=key)
    except requests.RequestException:
        pass
    finally:
        client.session.close()


def _is_whole(listing_id: str) -> bool:
    """Sold, ordered and told of, or nothing of it."""
    status = Listing.get_by_id(listing_id).status
    orders = OrderItem.select().where(OrderItem.listing == listing_id).count()
    sales = Event.select().where(Event.resource_id == listing_id, Event.type == "listing.sold").count()
    assert (status, orders, sales) in (("sold", 1, 1), ("in_stock", 0, 0))
    return bool(orders)


def _repeat(client: Client, watches: Sequence[Listing], keys: Sequence[str]) -> None:
    for watch, key in zip(watches, keys, strict=True):
        first, second = (client.order(watch.id, key=key) for _ in range(2))
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert second.headers["Idempotent-Replay"] == "true"
    client.session.close()
