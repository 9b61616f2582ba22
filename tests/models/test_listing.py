"""Listings changed in the dashboard, and the events that they record."""

import pytest

from errors import Refusal
from models.delivery.event import Event
from models.listing import Listing
from models.order import Order
from tests.cast import Cast


def event_types(cast: Cast) -> list[str]:
    events = Event.select(Event.type).where(Event.dealer == cast.owner.dealer).order_by(Event.sequence)
    return [event.type for event in events]


def test_each_status_change_is_recorded_once(cast: Cast) -> None:
    actor = cast.owner.actor()
    listing = cast.owner.listing(published=False)
    assert event_types(cast) == []
    listing.publish(actor)
    listing.publish(actor)
    listing.sell(actor)
    listing.restock(actor)
    listing.restock(actor)
    listing.unpublish(actor)
    listing.unpublish(actor)
    assert event_types(cast) == ["listing.published", "listing.sold", "listing.in_stock", "listing.unpublished"]


def test_sale_of_a_never_published_watch_is_not_recorded(cast: Cast) -> None:
    cast.owner.listing(published=False).sell(cast.owner.actor())
    assert event_types(cast) == []


def test_sale_of_an_unpublished_watch_is_recorded(cast: Cast) -> None:
    listing = cast.owner.listing().unpublish(cast.owner.actor())
    listing.sell(cast.owner.actor())
    assert event_types(cast)[-1] == "listing.sold"


def test_sold_watch_cannot_be_sold_again(cast: Cast) -> None:
    listing = cast.owner.listing()
    stale = Listing.find(cast.owner.actor(), listing.id)
    listing.sell(cast.owner.actor())
    with pytest.raises(Refusal) as error:
        stale.sell(cast.owner.actor())
    assert error.value.code == "listing_not_available"
    assert event_types(cast).count("listing.sold") == 1


def test_watch_in_an_open_order_cannot_be_restocked(cast: Cast) -> None:
    actor, listing = cast.owner.actor(), cast.owner.listing()
    order = Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": {"email": "a@b.example"}})
    with pytest.raises(Refusal, match="Cancel the order"):
        listing.restock(actor)
    order.fulfil(actor, None)
    assert listing.restock(actor).status == "in_stock"


def test_order_is_fulfilled_and_recorded_once(cast: Cast) -> None:
    actor, listing = cast.owner.actor(), cast.owner.listing()
    order = Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": {"email": "a@b.example"}})
    order.fulfil(actor, {"carrier": "DHL"})
    for change in (order.fulfil, order.cancel):
        with pytest.raises(Refusal, match="This order is fulfilled"):
            change(actor, None)
    assert event_types(cast)[-1] == "order.fulfilled"


def test_edit_from_a_stale_page_does_not_undo_a_sale(cast: Cast) -> None:
    listing = cast.owner.listing()
    stale = Listing.find(cast.owner.actor(), listing.id)
    listing.sell(cast.owner.actor())
    stale.change(cast.owner.actor(), {"title": "Polished"})
    now = Listing.find(cast.owner.actor(), listing.id)
    assert (now.status, now.title) == ("sold", "Polished")


def test_foreign_listing_cannot_be_changed(cast: Cast) -> None:
    listing = cast.stranger.listing()
    for verb in (listing.publish, listing.unpublish, listing.sell, listing.restock):
        with pytest.raises(Refusal) as error:
            verb(cast.owner.actor())
        assert error.value.code == "listing_not_found"
    with pytest.raises(Refusal):
        listing.change(cast.owner.actor(), {"title": "Mine"})
    assert Listing.find(cast.stranger.actor(), listing.id).title == listing.title
