"""Events on the overview and on their page."""

import pytest

from models.delivery.event import Event
from models.delivery.event_types import EVENT_TYPES
from models.delivery.ping import send_ping
from models.order import Order
from tests.cast import Cast
from tests.dashboard.browser import Browser, page


def test_events_show_the_name_of_their_subject(owner: Browser, cast: Cast) -> None:
    actor, (first, second) = cast.owner.actor(), cast.owner.listings(2, title="Grand Seiko Snowflake")
    buyer = {"email": "noa@shop.example", "first_name": "Noa", "last_name": "Barak"}
    Order.place(actor, {"items": [{"listing_id": first.id}], "customer": buyer, "external_id": "SHOP-77"})
    Order.place(actor, {"items": [{"listing_id": second.id}], "customer": buyer})
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    send_ping(actor, None)
    for path in ("/", "/channels/custom/events"):
        text = page(owner.get(path)).text
        for name in ("Grand Seiko Snowflake", "SHOP-77", "Noa Barak"):
            assert name in text, (path, name)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_event_is_triggered_in_the_sandbox(owner: Browser, cast: Cast, event_type: str) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    assert event_type in page(owner.get("/channels/custom/events")).text
    shown = page(owner.post("/channels/custom/events/trigger", {"type": event_type}))
    assert f"{event_type} triggered." in shown.text
    event = Event.get(Event.dealer == cast.owner.dealer, Event.type == event_type)
    assert (event.is_test, event.id in shown.text) == (True, True)


def test_nothing_is_triggered_in_the_live_view(owner: Browser, cast: Cast) -> None:
    owner.post("/view", {"view": "live", "from": "/channels/custom/events"})
    assert "Trigger an event" not in page(owner.get("/channels/custom/events")).text
    owner.post("/channels/custom/events/trigger", {"type": "order.received"})
    assert not Event.select().where(Event.dealer == cast.owner.dealer).exists()


def test_unknown_type_is_not_triggered(owner: Browser, cast: Cast) -> None:
    shown = owner.post("/channels/custom/events/trigger", {"type": "order.shipped"})
    assert "There is no such type of event." in shown.text
