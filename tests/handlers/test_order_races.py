"""Races for a watch: many concurrent orders, one sale."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from errors import Refusal
from models.listing import Listing
from tests.cast import Cast
from tests.client import Client, error_of
from tests.hub import Server


@pytest.mark.usefixtures("unmetered")
def test_of_fifty_simultaneous_orders_for_one_watch_exactly_one_succeeds(
    server: Server, cast: Cast, api: Client
) -> None:
    listing = cast.owner.listing()
    buyers = [Client(server.url, cast.owner.test_key) for _ in range(50)]
    with ThreadPoolExecutor(len(buyers)) as pool:
        responses = list(pool.map(lambda buyer: buyer.order(listing.id), buyers))
    sold = [response for response in responses if response.status_code == 201]
    assert len(sold) == 1
    for rejected in (response for response in responses if response is not sold[0]):
        assert error_of(rejected) == (409, "listing_not_available", "$.items[0].listing_id")
    assert [order["id"] for order in api.list_all("/orders")] == [sold[0].json()["id"]]
    events = [(event["sequence"], event["event"]) for event in api.list_all("/events")]
    assert events == [(1, "listing.published"), (2, "order.received"), (3, "listing.sold")]


@pytest.mark.usefixtures("unmetered")
def test_overlapping_orders_sell_each_watch_once(server: Server, cast: Cast, api: Client) -> None:
    watches = [listing.id for listing in cast.owner.listings(6)]
    pairs = [(first, second) for first in watches for second in watches if first != second]
    buyers = [Client(server.url, cast.owner.test_key) for _ in pairs]
    with ThreadPoolExecutor(len(buyers)) as pool:
        responses = list(pool.map(lambda buyer, pair: buyer.order(*pair), buyers, pairs))
    assert {response.status_code for response in responses} == {201, 409}
    items = [item["listing_id"] for order in api.list_all("/orders") for item in order["items"]]
    assert len(items) == len(set(items))
    assert {row["id"] for row in api.list_all("/listings", status="sold")} == set(items)
    sequences = [event["sequence"] for event in api.list_all("/events")]
    assert sequences == list(range(1, len(sequences) + 1))


@pytest.mark.usefixtures("unmetered")
def test_concurrent_order_and_manual_sale_sell_a_watch_once(server: Server, cast: Cast, api: Client) -> None:
    watches = cast.owner.listings(5)
    for listing in watches:
        buyers = [Client(server.url, cast.owner.test_key) for _ in range(4)]
        with ThreadPoolExecutor(len(buyers)) as pool:
            running = [pool.submit(buyer.order, listing.id) for buyer in buyers]
            sold_by_hand = sell(cast, listing)
        assert [response.result().status_code for response in running].count(201) + sold_by_hand == 1
    sold = api.list_all("/events", type="listing.sold")
    assert sorted(event["data"]["id"] for event in sold) == sorted(listing.id for listing in watches)


def sell(cast: Cast, listing: Listing) -> int:
    try:
        listing.sell(cast.owner.actor())
    except Refusal:
        return 0
    return 1
