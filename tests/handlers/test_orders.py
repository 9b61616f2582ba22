"""Orders over HTTP: each watch is sold once, or nothing happens."""

from tests.cast import Cast
from tests.client import Client, error_of
from tests.receiver import Receiver


def test_order_sells_its_watch_and_tells_the_receiver(api: Client, cast: Cast, receiver: Receiver, deliver) -> None:
    listing = cast.owner.listing()
    cast.owner.endpoint(receiver.url)
    response = api.order(listing.id)
    assert response.status_code == 201
    assert api.get(f"/listings/{listing.id}").json()["status"] == "sold"
    deliver()
    assert receiver.events == ["order.received", "listing.sold"]


def test_order_with_one_sold_watch_among_three_writes_nothing(api: Client, cast: Cast) -> None:
    first, sold, third = cast.owner.listings(3)
    assert api.order(sold.id).status_code == 201
    events, customers = len(api.walk("/events")), api.walk("/customers")
    refused = api.order(first.id, sold.id, third.id, customer={"email": "new@shop.example"})
    assert error_of(refused) == (409, "listing_not_available", "$.items[1].listing_id")
    assert len(api.walk("/orders")) == 1
    assert len(api.walk("/events")) == events
    assert api.walk("/customers") == customers
    assert [api.get(f"/listings/{row.id}").json()["status"] for row in (first, third)] == ["in_stock"] * 2
