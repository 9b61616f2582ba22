"""Erasure of a customer's personal data (GDPR article 17).

It covers the customer, its orders, their events, stored responses, and the bodies and queries in the API request log.
Rows, delivery states and attempt counts stay; only personal fields are blanked.
"""

from typing import Any

import orjson

from models import customer as customers
from models import order as orders
from models.compared_text import contains_exactly
from models.customer import Customer
from models.dealer import Actor
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.idempotency import IdempotencyRecord
from models.order import Order
from models.request_log.retention import delete_marked_contents, mark_erased

# The key is a kind of object: the namespace of an event type, or `object` of an object inside the event's data.
PERSONAL_FIELDS: dict[str, tuple[str, ...]] = {
    "customer": customers.PERSONAL_FIELDS,
    "order": orders.PERSONAL_FIELDS,
    "listing": (),
    "integration": (),
}
BLANK_RESPONSE = {"response_preview": "", "response_headers": {}}  # also of attempts in flight: see results.py


def erase(actor: Actor, customer: Customer) -> dict[str, int]:
    """Erase a customer's personal data in one transaction.

    Afterwards the API request log is erased. A body with a mistake may name a person in any way, so the log loses the
    contents of all requests of the mode. Returns the number of `orders`, `events` and `idempotency_records` that were
    changed or deleted. Endpoints may keep what they have received: the dealer has to inform their operators.
    """
    with actor.dealer.locked() as at:
        customer_orders = list(Order.of(actor).where(Order.customer == customer))
        _blank(customer, PERSONAL_FIELDS["customer"], at)
        for order in customer_orders:
            _blank(order, PERSONAL_FIELDS["order"], at)
        events = _redact_events(actor, [customer.id, *(order.id for order in customer_orders)])
        records = _delete_stored_responses(actor, customer.id)
        mark_erased(actor, at)
    delete_marked_contents(actor)
    return {"orders": len(customer_orders), "events": events, "idempotency_records": records}


def redact_event(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event body with the personal fields in its `data` set to null.

    Raises LookupError for a kind of object that PERSONAL_FIELDS does not list.
    """
    return {**event, "data": _redact(event["data"], event["event"].partition(".")[0])}


def _blank(row: Customer | Order, names: tuple[str, ...], at: int) -> None:
    for name in names:
        setattr(row, name, None)
    row.metadata, row.updated_at = {}, at
    row.save()


def _redact_events(actor: Actor, resource_ids: list[str]) -> int:
    events = list(Event.select().where(Event.dealer == actor.dealer, Event.resource_id.in_(resource_ids)))
    for event in events:
        event.body = orjson.dumps(redact_event(orjson.loads(event.body))).decode()
        event.save()
    deliveries = Delivery.select(Delivery.id).where(Delivery.event_id.in_([event.id for event in events]))
    Attempt.update(BLANK_RESPONSE).where(Attempt.delivery.in_(deliveries)).execute()
    return len(events)


def _redact(data: dict[str, Any], kind: str) -> dict[str, Any]:
    if kind not in PERSONAL_FIELDS:
        raise LookupError(f"Unknown kind of object {kind!r}: list its personal fields in models/erasure.py.")
    blank: dict[str, Any] = {**dict.fromkeys(PERSONAL_FIELDS[kind]), "metadata": {}}
    return {name: blank[name] if name in blank else _redact_nested(value) for name, value in data.items()}


def _redact_nested(value: Any) -> Any:
    if isinstance(value, list):
        return [_redact_nested(item) for item in value]
    if isinstance(value, dict) and "object" in value:
        return _redact(value, value["object"])
    return value


def _delete_stored_responses(actor: Actor, customer_id: str) -> int:
    """Delete idempotency records whose response contains the customer.

    A repeated request then runs again or is rejected.
    """
    conditions = IdempotencyRecord.dealer == actor.dealer, contains_exactly(IdempotencyRecord.body, customer_id)
    return int(IdempotencyRecord.delete().where(*conditions).execute())
