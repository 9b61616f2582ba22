"""Edits that record events, and readers of the delivery log."""

from typing import Any

from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.listing import Listing
from tests.cast import Person
from tests.receiver import Delivered


def edit(
    person: Person, listing: Listing, price_cents: int, *, is_test: bool = True, origin: str = "dashboard"
) -> None:
    """Record one `listing.updated`; the price identifies the event."""
    listing.change(person.actor(is_test=is_test, origin=origin), {"asking_price_cents": price_cents})


def prices(delivered: list[Delivered]) -> list[int]:
    return [int(request.event["data"]["asking_price_eur"] * 100) for request in delivered]


def deliveries(endpoint: Endpoint) -> list[Delivery]:
    """The deliveries of an endpoint in the order of their events."""
    return list(Delivery.select().where(Delivery.endpoint == endpoint).order_by(Delivery.sequence))


def states(endpoint: Endpoint) -> list[str]:
    return [delivery.state for delivery in deliveries(endpoint)]


def attempts_of(delivery: Delivery) -> list[dict[str, Any]]:
    return [attempt.to_dict() for attempt in Attempt.of(delivery)]
