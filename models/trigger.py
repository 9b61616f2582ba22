"""Triggers events of any type by the real action on new rows of the sandbox.

A fixture would differ from the real event sooner or later. So every event comes from the domain method that records it
in production, with the origin that it has there.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson

from errors import Invalid, Refusal
from models.base import new_id
from models.customer import IDENTIFIERS, Customer
from models.dealer import Actor
from models.delivery.event import Event
from models.delivery.ping import send_ping
from models.listing import Listing
from models.money import to_cents
from models.order import Order

Values = Mapping[str, Any]

SAMPLE_WATCH: Values = {
    "brand": "Rolex",
    "model": "Explorer",
    "reference": "124270",
    "year": 2023,
    "condition": "very_good",
    "case_material": "steel",
    "case_diameter_mm": 36.0,
    "movement": "automatic",
    "has_box": True,
    "has_papers": True,
    "asking_price_cents": 725_000,
}
SAMPLE_BUYER: Values = {"email": "grace@sandbox.example", "first_name": "Grace", "last_name": "Sample"}
NEW_PRICE_CENTS = 699_000
NOT_NULL = ("brand", "model", "title", "asking_price_cents", "vat_regime")


def trigger_event(actor: Actor, event_type: str, data: Values | None) -> list[dict[str, Any]]:
    """Perform the action that causes an event.

    Returns the bodies of all recorded events.

    `data` has values for the action, as in a TestEventInput of the spec. Raises what the action raises, with a `param`
    below `$.data`, and `validation_failed` for a customer who was matched before. Raises ValueError in live mode.
    """
    if not actor.is_test:
        raise ValueError("Events are triggered in test mode only.")
    with actor.dealer.locked(), _params_below_data():
        newest = actor.dealer.sequences([actor.dealer.id])[actor.dealer.id, True]
        ACTIONS[event_type](actor, data or {})
        recorded = Event.listed(actor).where(Event.sequence > newest).order_by(Event.sequence)
        return [orjson.loads(event.body) for event in recorded]


@contextmanager
def _params_below_data() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        if refusal.param is not None and refusal.param.startswith("$"):
            refusal.param = f"$.data{refusal.param[1:]}"
        raise


def _as_staff(actor: Actor) -> Actor:
    """Return the dealer's staff, who do what the API has no operation for."""
    return replace(actor, origin="dashboard", request_id=None)


def _publish(actor: Actor, data: Values) -> Listing:
    staff = _as_staff(actor)
    return Listing.create_for(staff, {**SAMPLE_WATCH, **_to_columns(data)}).publish(staff)


def _to_columns(data: Values) -> dict[str, Any]:
    """Return the columns of listing values.

    Null is the same as no value where a watch must have one.
    """
    columns = {name: value for name, value in data.items() if name != "asking_price_eur"}
    if data.get("asking_price_eur") is not None:
        columns["asking_price_cents"] = to_cents(data["asking_price_eur"], param="$.asking_price_eur")
    return {name: value for name, value in columns.items() if value is not None or name not in NOT_NULL}


def _unpublish(actor: Actor, data: Values) -> None:
    _publish(actor, data).unpublish(_as_staff(actor))


def _update(actor: Actor, data: Values) -> None:
    """Change a new watch.

    Values that equal those of the sample would record nothing, so the price changes then.
    """
    listing, columns = _publish(actor, {}), _to_columns(data)
    if all(getattr(listing, name) == value for name, value in columns.items()):
        columns["asking_price_cents"] = NEW_PRICE_CENTS
    listing.change(_as_staff(actor), columns)


def _sell(actor: Actor, data: Values) -> Listing:
    return _publish(actor, data).sell(_as_staff(actor))


def _restock(actor: Actor, data: Values) -> None:
    _sell(actor, data).restock(_as_staff(actor))


def _place_order(actor: Actor, data: Values) -> Order:
    items = data.get("items") or [{"listing_id": _publish(actor, {}).id}]
    return Order.place(actor, {**data, "items": items, "customer": data.get("customer") or SAMPLE_BUYER})


def _fulfil(actor: Actor, data: Values) -> None:
    _place_order(actor, {}).fulfil(_as_staff(actor), data)


def _cancel(actor: Actor, data: Values) -> None:
    _place_order(actor, {}).cancel(actor, data.get("reason"))


def _match_customer(actor: Actor, data: Values) -> None:
    """Create the customer as the staff would, then upsert it as the API does."""
    fields = dict(data)
    if all(fields.get(name) is None for name in IDENTIFIERS):
        fields["email"] = f"{new_id('buyer')}@sandbox.example".lower()
    customer, _ = Customer.upsert(_as_staff(actor), fields)
    if customer.claimed_at is not None:
        raise Invalid("The API has matched this customer before. Send another email, phone or external_id.", param="$")
    Customer.upsert(replace(actor, origin="api"), fields)


def _ping(actor: Actor, data: Values) -> None:
    send_ping(actor, data.get("message"))


ACTIONS: dict[str, Callable[[Actor, Values], Any]] = {
    "listing.published": _publish,
    "listing.unpublished": _unpublish,
    "listing.updated": _update,
    "listing.sold": _sell,
    "listing.in_stock": _restock,
    "order.received": _place_order,
    "order.fulfilled": _fulfil,
    "order.cancelled": _cancel,
    "customer.matched": _match_customer,
    "integration.test_event": _ping,
}
