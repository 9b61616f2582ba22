"""Things that happen to a dealer's watches, and what the delivery log says of them."""

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
    """One `listing.updated`; the price tells the events apart."""
    listing.change(person.actor(is_test=is_test, origin=origin), {"asking_price_cents": price_cents})


def prices(delivered: list[Delivered]) -> list[int]:
    return [int(request.event["data"]["asking_price_eur"] * 100) for request in delivered]


def deliveries(endpoint: Endpoint) -> list[Delivery]:
    """Those of an endpoint in the order of their events."""
    return list(Delivery.select().where(Delivery.endpoint == endpoint).order_by(Delivery.sequence))


def states(endpoint: Endpoint) -> list[str]:
    return [delivery.state for delivery in deliveries(endpoint)]


def log_of(delivery: Delivery) -> list[dict[str, Any]]:
    return [attempt.to_dict() for attempt in Attempt.of(delivery)]
