"""What must hold after a load: no lost event, no watch sold twice, no gap in a sequence."""

from collections import Counter

from models.base import fetch_dicts
from models.delivery.event import Event
from models.order import Order
from models.order_item import OrderItem
from tests.cast import Person
from tests.receiver import Receiver
from tests.soak.shoppers import Shoppers


def check_orders(shoppers: Shoppers) -> None:
    """Every acknowledged order exists, and no watch has two orders that hold."""
    stored = {row["id"]: row["status"] for row in fetch_dicts(Order.select(Order.id, Order.status))}
    assert shoppers.orders.keys() <= stored.keys()
    assert {stored[order_id] for order_id in shoppers.cancelled} <= {"cancelled"}
    held = Order.select(Order.id).where(Order.status != "cancelled")
    sold = Counter(
        row["listing"] for row in fetch_dicts(OrderItem.select(OrderItem.listing).where(OrderItem.order_id.in_(held)))
    )
    assert [listing for listing, count in sold.items() if count > 1] == []


def check_events(person: Person, receiver: Receiver, first: int) -> None:
    """The sequences have no gap, and every event after the `first` has arrived: before, there was no endpoint."""
    rows = fetch_dicts(
        Event.select(Event.id, Event.sequence).where(Event.dealer == person.dealer).order_by(Event.sequence)
    )
    events = list(rows)
    assert [row["sequence"] for row in events] == list(range(1, len(events) + 1))
    arrived = {delivered.event["id"] for delivered in receiver.deliveries}
    expected = {row["id"] for row in events if row["sequence"] > first}
    assert expected <= arrived
