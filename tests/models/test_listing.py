"""What the dashboard does with a watch, and what the channel hears of it."""

import pytest

from errors import Refusal
from models.delivery.event import Event
from models.listing import Listing
from models.order import Order
from tests.cast import Cast


def told(cast: Cast) -> list[str]:
    events = Event.select(Event.type).where(Event.dealer == cast.owner.dealer).order_by(Event.sequence)
    return [event.type for event in events]


def test_each_step_is_told_once(cast: Cast) -> None:
    actor = cast.owner.actor()
    listing = cast.owner.listing(published=False)
    assert told(cast) == []
    listing.publish(actor)
    listing.publish(actor)
    listing.sell(actor)
    listing.restock(actor)
    listing.restock(actor)
    listing.unpublish(actor)
    listing.unpublish(actor)
    assert told(cast) == ["listing.published", "listing.sold", "listing.in_stock", "listing.unpublished"]


def test_sale_of_a_watch_that_the_channel_never_saw_is_not_told(cast: Cast) -> None:
    cast.owner.listing(published=False).sell(cast.owner.actor())
    assert told(cast) == []


def test_withdrawn_watch_that_is_sold_is_told(cast: Cast) -> None:
    listing = cast.owner.listing().unpublish(cast.owner.actor())
    listing.sell(cast.owner.actor())
    assert told(cast)[-1] == "listing.sold"


def test_sold_watch_cannot_be_sold_again(cast: Cast) -> None:
    listing = cast.owner.listing()
    stale = Listing.find(cast.owner.actor(), listing.id)
    listing.sell(cast.owner.actor())
    with pytest.raises(Refusal) as refused:
        stale.sell(cast.owner.actor())
    assert refused.value.code == "listing_not_available"
    assert told(cast).count("listing.sold") == 1


def test_watch_of_an_open_order_is_not_restocked_by_hand(cast: Cast) -> None:
    actor, listing = cast.owner.actor(), cast.owner.listing()
    order = Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": {"email": "a@b.example"}})
    with pytest.raises(Refusal, match="cancel the order"):
        listing.restock(actor)
    order.fulfil(actor, None)
    assert listing.restock(actor).status == "in_stock"


def test_order_is_fulfilled_once_and_told(cast: Cast) -> None:
    actor, listing = cast.owner.actor(), cast.owner.listing()
    order = Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": {"email": "a@b.example"}})
    order.fulfil(actor, {"carrier": "DHL"})
    for again in (lambda: order.fulfil(actor, None), lambda: order.cancel(actor, None)):
        with pytest.raises(Refusal, match="This order is fulfilled"):
            again()
    assert told(cast)[-1] == "order.fulfilled"


def test_edit_from_a_stale_page_does_not_undo_a_sale(cast: Cast) -> None:
    listing = cast.owner.listing()
    stale = Listing.find(cast.owner.actor(), listing.id)
    listing.sell(cast.owner.actor())
    stale.change(cast.owner.actor(), {"title": "Polished"})
    now = Listing.find(cast.owner.actor(), listing.id)
    assert (now.status, now.title) == ("sold", "Polished")


def test_strangers_listing_is_not_found_by_any_verb(cast: Cast) -> None:
    listing = cast.stranger.listing()
    for verb in (listing.publish, listing.unpublish, listing.sell, listing.restock):
        with pytest.raises(Refusal) as refused:
            verb(cast.owner.actor())
        assert refused.value.code == "listing_not_found"
    with pytest.raises(Refusal):
        listing.change(cast.owner.actor(), {"title": "Mine"})
    assert Listing.find(cast.stranger.actor(), listing.id).title == listing.title
