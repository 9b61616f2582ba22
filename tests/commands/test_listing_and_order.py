"""`wth listing` and `wth order`: changes as their dealer would make them in the dashboard."""

from typing import Any

import pytest

from models.dealer import Actor
from models.delivery.event import Event
from models.listing import Listing
from models.order import Order
from spec.document import limits
from tasks.queues import huey_queues
from tests.cast import Cast
from tests.commands.conftest import Wth


def recorded_events(actor: Actor) -> list[tuple[str, str]]:
    return [(event.type, event.origin) for event in Event.listed(actor).order_by(Event.sequence)]


def place_order(cast: Cast, listing: Listing) -> Order:
    body = {"items": [{"listing_id": listing.id}], "customer": {"email": "bea@shop.example"}}
    return Order.place(cast.owner.actor(), body)


def test_each_status_change_of_a_listing_records_an_event_of_its_mode(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing(is_test=False, published=False)
    listings = [
        wth("listing", verb, listing.id, "--json").document for verb in ("publish", "sell", "restock", "unpublish")
    ]
    assert [(row["published"], row["status"]) for row in listings] == [
        (True, "in_stock"),
        (True, "sold"),
        (True, "in_stock"),
        (False, "in_stock"),
    ]
    types = ("listing.published", "listing.sold", "listing.in_stock", "listing.unpublished")
    assert recorded_events(cast.owner.actor(is_test=False)) == [(event_type, "dashboard") for event_type in types]
    assert recorded_events(cast.owner.actor(is_test=True)) == []


def test_change_wakes_the_worker(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing()
    assert huey_queues.count_waiting() == 0
    wth("listing", "sell", listing.id)
    assert huey_queues.count_waiting() == 1


def test_sold_watch_cannot_be_sold_again(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing()
    wth("listing", "sell", listing.id)
    assert wth("listing", "sell", listing.id, "--json").error == (1, "listing_not_available")


def test_fields_are_named_as_in_inventory_files(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing()
    fields = ("asking_price_eur=14.900,50", "box_and_papers=box, no papers", "case_diameter_mm=40,5 mm")
    document = wth("listing", "update", listing.id, *fields, "photos=https://img.example/a.jpg", "--json").document
    assert (document["asking_price_eur"], document["case_diameter_mm"]) == (14900.5, 40.5)
    assert (document["has_box"], document["has_papers"]) == (True, False)
    assert document["photos"] == [{"url": "https://img.example/a.jpg", "position": 0}]
    assert recorded_events(cast.owner.actor())[-1] == ("listing.updated", "dashboard")


def test_empty_value_clears_a_field(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing(year=1969, complications=["Date"], has_box=True, has_papers=True)
    cleared = ("year=", "complications=", "reference=", "box_and_papers=")
    document = wth("listing", "update", listing.id, *cleared, "--json").document
    assert [document[name] for name in ("year", "complications", "reference", "has_box", "has_papers")] == [
        None,
        [],
        None,
        None,
        None,
    ]


@pytest.mark.parametrize(
    "assignment",
    ["brand=", "title=", "vat_regime=", "asking_price_eur=", "colour=red", "year", "year=soon", "id=inv_other"],
)
def test_invalid_assignment_is_a_usage_error_and_changes_nothing(wth: Wth, cast: Cast, assignment: str) -> None:
    listing = cast.owner.listing()
    assert wth("listing", "update", listing.id, "year=1969", assignment, "--json").error == (2, "wrong_usage")
    assert Listing.get_by_id(listing.id).columns() == listing.columns()


def test_empty_value_clears_private_fields(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing(sku="A1", supplier="Müller", cost_price_cents=100_000)
    assert wth("listing", "update", listing.id, "sku=", "supplier=", "cost_price_eur=").status == 0
    row = Listing.get_by_id(listing.id)
    assert (row.sku, row.supplier, row.cost_price_cents) == (None, None, None)


def test_error_for_an_unknown_field_lists_the_known_ones(wth: Wth) -> None:
    assert "bracelet_material" in wth("listing", "update", "inv_any", "strap=leather").stderr


def test_sku_of_another_watch_is_rejected(wth: Wth, cast: Cast) -> None:
    cast.owner.listing(sku="A1")
    other = cast.owner.listing(sku="A2")
    assert wth("listing", "update", other.id, "sku=A1", "--json").error == (1, "sku_taken")
    assert wth("listing", "update", other.id, "sku=A2").status == 0


def test_starter_dealer_cannot_publish(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing(is_test=False, published=False)
    dealer = cast.owner.dealer
    dealer.tier = "starter"
    dealer.save()
    assert wth("listing", "publish", listing.id, "--json").error == (1, "plan_required")


def test_fulfilled_order_has_its_tracking(wth: Wth, cast: Cast) -> None:
    order = place_order(cast, cast.owner.listing())
    options = ("--carrier", "DHL", "--url", "https://dhl.example/t?id=1")
    document = wth("order", "fulfil", order.id, *options, "--json").document
    assert document["status"] == "fulfilled"
    assert document["tracking"] == {"carrier": "DHL", "number": None, "url": "https://dhl.example/t?id=1"}
    assert recorded_events(cast.owner.actor())[-1] == ("order.fulfilled", "dashboard")
    assert wth("order", "cancel", order.id, "--json").error == (1, "order_not_cancellable")


def test_order_without_tracking_has_none(wth: Wth, cast: Cast) -> None:
    order: Any = wth("order", "fulfil", place_order(cast, cast.owner.listing()).id, "--json").document
    assert order["tracking"] is None


def test_cancelled_order_returns_its_watch_to_stock(wth: Wth, cast: Cast) -> None:
    listing = cast.owner.listing()
    document = wth("order", "cancel", place_order(cast, listing).id, "--reason", "Buyer\nwithdrew", "--json").document
    assert (document["status"], document["cancel_reason"]) == ("cancelled", "Buyer\nwithdrew")
    assert Listing.get_by_id(listing.id).status == "in_stock"


def test_tracking_may_be_as_long_as_in_the_spec(wth: Wth, cast: Cast) -> None:
    order = place_order(cast, cast.owner.listing())
    carrier, number, url = (limits("Tracking", name).max_length for name in ("carrier", "number", "url"))
    tracking = {"carrier": "x" * carrier, "number": "1" * number, "url": "https://dhl.example/".ljust(url, "t")}
    options = [text for name, value in tracking.items() for text in (f"--{name}", value)]
    assert wth("order", "fulfil", order.id, *options, "--json").document["tracking"] == tracking


@pytest.mark.parametrize(
    "option",
    [
        ("--url", "javascript:alert(1)"),
        ("--carrier", "x" * 101),
        ("--number", "a\nb"),
        ("--url", "https://dhl.example/".ljust(2049, "t")),
    ],
)
def test_tracking_beyond_the_specs_limits_is_a_usage_error(wth: Wth, cast: Cast, option: tuple[str, str]) -> None:
    order = place_order(cast, cast.owner.listing())
    assert wth("order", "fulfil", order.id, *option, "--json").error == (2, "wrong_usage")
    assert Order.get_by_id(order.id).status == "received"
