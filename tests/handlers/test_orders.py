"""Orders over HTTP: all watches of an order are sold, or none."""

from collections.abc import Callable
from typing import Any

import pytest

from models.order import Order
from tests.cast import Cast
from tests.client import Client, error_of
from tests.receiver import Receiver

BUYER = {"email": "buyer@shop.example"}


def test_order_sells_its_watch_and_notifies_the_receiver(
    api: Client, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
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
    events, customers = len(api.list_all("/events")), api.list_all("/customers")
    rejected = api.order(first.id, sold.id, third.id, customer={"email": "new@shop.example"})
    assert error_of(rejected) == (409, "listing_not_available", "$.items[1].listing_id")
    assert len(api.list_all("/orders")) == 1
    assert len(api.list_all("/events")) == events
    assert api.list_all("/customers") == customers
    assert [api.get(f"/listings/{row.id}").json()["status"] for row in (first, third)] == ["in_stock"] * 2


def test_order_is_returned_as_it_was_placed(api: Client, cast: Cast) -> None:
    first, second = cast.owner.listing(asking_price_cents=625_050), cast.owner.listing(brand="Tudor", reference=None)
    address = {"line1": "Lindenallee 12", "city": "Berlin", "country": "DE"}
    fields: dict[str, Any] = {"note": "Gift\nwrapped", "metadata": {"shop": "1"}, "external_id": "web-1"}
    order = api.order(first.id, second.id, shipping_address=address, **fields).json()
    assert api.get(f"/orders/{order['id']}").json() == order
    assert (order["object"], order["status"], order["origin"], order["is_test"]) == ("order", "received", "api", True)
    assert [item["listing_id"] for item in order["items"]] == [first.id, second.id]
    assert [item["brand"] for item in order["items"]] == ["Omega", "Tudor"]
    assert order["shipping_address"] == {**address, "line2": None, "postal_code": None, "region": None}
    assert {name: order[name] for name in fields} == fields
    assert order["customer"] == api.get(f"/customers/{order['customer']['id']}").json()


def test_order_keeps_name_and_price_of_the_watch(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing(brand="Omega", asking_price_cents=625_050)
    order = api.order(listing.id).json()
    listing.change(cast.owner.actor(), {"brand": "Seiko", "asking_price_cents": 1})
    assert api.get(f"/orders/{order['id']}").json()["items"] == order["items"]
    assert order["items"][0]["price_eur"] == order["total_eur"] == 6250.5


def test_second_order_with_an_external_id_is_rejected(api: Client, cast: Cast) -> None:
    first, second = cast.owner.listings(2)
    assert api.order(first.id, external_id="web-1").status_code == 201
    rejected = api.order(second.id, external_id="web-1")
    assert error_of(rejected) == (409, "duplicate_external_id", "$.external_id")
    assert api.get(f"/listings/{second.id}").json()["status"] == "in_stock"
    assert api.order(second.id, external_id="WEB-1").status_code == 201


def test_external_id_of_a_cancelled_order_stays_taken(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    order = api.order(listing.id, external_id="web-1").json()
    api.post(f"/orders/{order['id']}/cancel")
    assert error_of(api.order(listing.id, external_id="web-1"))[1] == "duplicate_external_id"


def test_orders_without_an_external_id_do_not_collide(api: Client, cast: Cast) -> None:
    first, second = cast.owner.listings(2)
    assert [api.order(listing.id, external_id=None).status_code for listing in (first, second)] == [201, 201]


def test_watch_can_be_in_an_order_only_once(api: Client, cast: Cast) -> None:
    first, second = cast.owner.listings(2)
    rejected = api.order(first.id, second.id, first.id)
    assert error_of(rejected) == (400, "validation_failed", "$.items[2].listing_id")
    assert {row["status"] for row in api.list_all("/listings")} == {"in_stock"}


def test_error_names_the_first_item_that_is_not_for_sale(api: Client, cast: Cast) -> None:
    fine, sold, withdrawn = cast.owner.listings(3)
    api.order(sold.id)
    withdrawn.unpublish(cast.owner.actor())
    for items, code, place in (
        ([fine.id, sold.id, withdrawn.id], "listing_not_available", 1),
        ([withdrawn.id, sold.id], "listing_not_available", 0),
        ([fine.id, "inv_unknown", sold.id], "listing_not_found", 1),
        ([sold.id, "inv_unknown"], "listing_not_available", 0),
    ):
        assert error_of(api.order(*items))[1:] == (code, f"$.items[{place}].listing_id")


def test_order_takes_up_to_twenty_watches(api: Client, cast: Cast) -> None:
    watches = [listing.id for listing in cast.owner.listings(20)]
    order = api.order(*watches).json()
    assert [item["listing_id"] for item in order["items"]] == watches
    assert {row["status"] for row in api.list_all("/listings")} == {"sold"}


PRICES = [0, 0.01, 0.07, 1.1, 19.99, 6250.5, 14500, 14500.55, 4096.29, 99_999_999.99, 100_000_000]


@pytest.mark.parametrize("price", PRICES)
def test_price_of_the_order_is_exact_to_the_cent(api: Client, cast: Cast, price: float) -> None:
    first, second = cast.owner.listings(2)
    items = [{"listing_id": first.id, "price_eur": price}, {"listing_id": second.id, "price_eur": 0.01}]
    response = api.post("/orders", {"items": items, "customer": BUYER})
    assert [item["price_eur"] for item in response.json()["items"]] == [price, 0.01]
    assert response.json()["total_eur"] == round(price * 100 + 1) / 100
    assert api.get(f"/listings/{first.id}").json()["asking_price_eur"] == 6250.5


@pytest.mark.parametrize("price", [0.001, 14500.555, 14500.5000001, 1e-9, 99_999_999.999])
def test_price_with_more_than_two_decimals_is_rejected(api: Client, cast: Cast, price: float) -> None:
    listing = cast.owner.listing()
    rejected = api.post("/orders", {"items": [{"listing_id": listing.id, "price_eur": price}], "customer": BUYER})
    assert error_of(rejected) == (400, "validation_failed", "$.items[0].price_eur")
    assert api.get(f"/listings/{listing.id}").json()["status"] == "in_stock"


def test_customer_of_an_order_is_named_by_id_or_by_fields(api: Client, cast: Cast) -> None:
    first, second, third = cast.owner.listings(3)
    known = api.post("/customers", {**BUYER, "first_name": "Bea"}).json()
    by_id = api.order(first.id, customer={"id": known["id"]}).json()
    by_fields = api.order(second.id, customer={**BUYER, "last_name": "Brown"}).json()
    new = api.order(third.id, customer={"external_id": "crm-9"}).json()
    assert by_id["customer"]["id"] == by_fields["customer"]["id"] == known["id"]
    assert (by_fields["customer"]["first_name"], by_fields["customer"]["last_name"]) == ("Bea", "Brown")
    assert [row["id"] for row in api.list_all("/customers")] == [new["customer"]["id"], known["id"]]


def test_customer_by_id_and_by_fields_at_once_is_rejected(api: Client, cast: Cast) -> None:
    known = api.post("/customers", BUYER).json()
    rejected = api.order(cast.owner.listing().id, customer={"id": known["id"], "first_name": "Eve"})
    assert error_of(rejected) == (400, "validation_failed", "$.customer")
    assert api.get(f"/customers/{known['id']}").json()["first_name"] is None


@pytest.mark.parametrize(
    ("customer", "status", "param"),
    [
        ({}, 400, "$.customer"),
        ({"first_name": "Bea"}, 400, "$.customer"),
        ({"phone": "12"}, 400, "$.customer.phone"),
        ({"id": "cus_unknown"}, 404, "$.customer.id"),
    ],
)
def test_order_without_a_valid_customer_sells_nothing(
    api: Client, cast: Cast, customer: dict[str, str], status: int, param: str
) -> None:
    listing = cast.owner.listing()
    rejected = api.order(listing.id, customer=customer)
    assert (error_of(rejected)[0], error_of(rejected)[2]) == (status, param)
    assert api.get(f"/listings/{listing.id}").json()["status"] == "in_stock"
    assert api.list_all("/orders") == api.list_all("/customers") == []


def test_order_contains_the_current_customer(api: Client, cast: Cast) -> None:
    order = api.order(cast.owner.listing().id).json()
    api.post("/customers", {**BUYER, "last_name": "Brown"})
    assert api.get(f"/orders/{order['id']}").json()["customer"]["last_name"] == "Brown"


def test_order_placed_in_the_dashboard_is_listed(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    given = {"items": [{"listing_id": listing.id}], "customer": BUYER}
    order = Order.place(cast.owner.actor(), given)
    assert api.get(f"/orders/{order.id}").json()["origin"] == "dashboard"
