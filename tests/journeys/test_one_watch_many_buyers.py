"""Fifty shops order the same watch at the same moment, through three web processes: one order succeeds."""

import threading
from collections import Counter

from models.accounts.integration import Integration
from models.order import Order
from tests.cast import Cast
from tests.client import Client
from tests.journeys.processes import serving
from tests.ports import free_port

BUYERS = 50


def test_one_of_fifty_simultaneous_orders_succeeds(cast: Cast) -> None:
    Integration.update(rate_limit=10_000).execute()
    listing = cast.owner.listing()
    barrier = threading.Barrier(BUYERS)
    outcomes: list[tuple[int, str | None]] = []

    def buy(url: str, number: int) -> None:
        client = Client(url, cast.owner.test_key)
        client.get("/me")  # opens the connection
        barrier.wait(30)
        response = client.order(listing.id, customer={"email": f"buyer{number}@shop.example"})
        outcomes.append((response.status_code, response.json().get("error", {}).get("code")))
        client.session.close()

    with serving("web", "--workers", "3", port=free_port()) as (_, server):
        threads = [threading.Thread(target=buy, args=(server.url, number)) for number in range(BUYERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        shop = Client(server.url, cast.owner.test_key)
        events = Counter(event["event"] for event in shop.list_all("/events"))
    assert Counter(outcomes) == {(201, None): 1, (409, "listing_not_available"): BUYERS - 1}
    assert Order.select().count() == 1
    assert events == {"listing.published": 1, "order.received": 1, "listing.sold": 1}
