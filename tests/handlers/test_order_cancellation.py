"""Cancelling an order returns its watches to stock, once."""

from models.listing import Listing
from models.order import Order
from tests.cast import Cast
from tests.client import Client, error_of


def test_cancelled_order_returns_its_watches_to_stock(api: Client, cast: Cast) -> None:
    first, second, other = cast.owner.listings(3)
    order = api.order(first.id, second.id).json()
    api.order(other.id)
    seen = len(api.list_all("/events"))
    cancelled = api.post(f"/orders/{order['id']}/cancel", {"reason": "Changed their mind"})
    assert cancelled.status_code == 200
    assert cancelled.json() == api.get(f"/orders/{order['id']}").json()
    shown = {name: cancelled.json()[name] for name in ("status", "cancel_reason", "items", "total_eur")}
    assert shown == {**{n: order[n] for n in shown}, "status": "cancelled", "cancel_reason": "Changed their mind"}
    assert cancelled.json()["cancelled_at"] == cancelled.json()["updated_at"] > order["created_at"]
    assert [row["id"] for row in api.list_all("/listings", status="in_stock")] == [second.id, first.id]
    events = api.list_all("/events")[seen:]
    assert [event["event"] for event in events] == ["order.cancelled", "listing.in_stock", "listing.in_stock"]
    assert [event["data"]["id"] for event in events] == [order["id"], first.id, second.id]


def test_watch_of_a_cancelled_order_can_be_sold_again(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    first = api.order(listing.id).json()["id"]
    api.post(f"/orders/{first}/cancel")
    shown = api.get(f"/listings/{listing.id}").json()
    assert (shown["status"], shown["sold_at"], shown["published"]) == ("in_stock", None, True)
    assert api.order(listing.id).status_code == 201


def test_order_is_cancelled_once(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    first = api.order(listing.id).json()["id"]
    api.post(f"/orders/{first}/cancel")
    second = api.order(listing.id).json()["id"]
    events = api.list_all("/events")
    assert error_of(api.post(f"/orders/{first}/cancel")) == (409, "order_not_cancellable", None)
    assert api.list_all("/events") == events
    assert api.get(f"/orders/{second}").json()["status"] == "received"
    assert api.get(f"/listings/{listing.id}").json()["status"] == "sold"


def test_fulfilled_order_is_not_cancelled(api: Client, cast: Cast) -> None:
    order = api.order(cast.owner.listing().id).json()
    tracking = {"carrier": "DHL", "number": "00340"}
    Order.find(cast.owner.actor(), order["id"]).fulfil(cast.owner.actor(), tracking)
    assert error_of(api.post(f"/orders/{order['id']}/cancel"))[1] == "order_not_cancellable"
    shown = api.get(f"/orders/{order['id']}").json()
    assert (shown["status"], shown["tracking"]) == ("fulfilled", {**tracking, "url": None})


def test_reason_may_be_left_out_or_null(api: Client, cast: Cast) -> None:
    for body in (None, {}, {"reason": None}):
        order = api.order(cast.owner.listing().id).json()["id"]
        assert api.post(f"/orders/{order}/cancel", body).json()["cancel_reason"] is None


def test_unpublished_watch_returns_to_stock_but_stays_unpublished(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    order = api.order(listing.id).json()["id"]
    Listing.find(cast.owner.actor(), listing.id).unpublish(cast.owner.actor())
    assert api.post(f"/orders/{order}/cancel").status_code == 200
    shown = api.get(f"/listings/{listing.id}").json()
    assert (shown["status"], shown["published"]) == ("in_stock", False)
    assert error_of(api.order(listing.id))[1] == "listing_not_available"


def test_cancellation_works_at_the_inventory_limit(live_api: Client, cast: Cast) -> None:
    listing = cast.owner.listing(is_test=False)
    order = live_api.order(listing.id).json()["id"]
    template = listing.columns()
    rows = [{**template, "id": f"inv_{number:024}", "status": "in_stock"} for number in range(250)]
    Listing.insert_many(rows).execute()
    assert live_api.get("/me").json()["inventory"]["in_stock"] == 250
    assert live_api.post(f"/orders/{order}/cancel").status_code == 200
    assert live_api.get("/me").json()["inventory"]["in_stock"] == 251
