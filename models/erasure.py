"""Erasing a customer: personal data leaves the row, the orders, the stored events and answers; the log's rows stay."""

from typing import Any

import orjson

from models.customer import Customer
from models.dealer import Actor
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.idempotency import IdempotencyRecord
from models.order import Order

PERSONAL = ("external_id", "email", "phone", "first_name", "last_name", "company", "vat_id", "address", "notes")
ORDER_PERSONAL = ("shipping_address", "billing_address", "note", "tracking", "cancel_reason")
FORGOTTEN_ANSWER = {"response_preview": "", "response_headers": {}}  # of an attempt under way too: see outcome.py


def erase(actor: Actor, customer: Customer) -> dict[str, int]:
    """One transaction; counts of what was cleared. An endpoint that had the data must be told by the dealer."""
    with actor.dealer.locked() as at:
        orders = list(Order.of(actor).where(Order.customer == customer))
        _clear_customer(customer, at)
        for order in orders:
            _clear_order(order, at)
        events = _clear_events(actor, [customer.id, *(order.id for order in orders)])
        records = _forget_answers(actor, customer.id)
    return {"orders": len(orders), "events": events, "idempotency_records": records}


def _clear_customer(customer: Customer, at: int) -> None:
    for name in (*PERSONAL, "email_folded"):
        setattr(customer, name, None)
    customer.metadata, customer.updated_at = {}, at
    customer.save()


def _clear_order(order: Order, at: int) -> None:
    for name in ORDER_PERSONAL:
        setattr(order, name, None)
    order.metadata, order.updated_at = {}, at
    order.save()


def _clear_events(actor: Actor, resource_ids: list[str]) -> int:
    own = Event.dealer == actor.dealer, Event.resource_id.in_(resource_ids)
    events = list(Event.select().where(*own))
    for event in events:
        event.body = orjson.dumps(_cleared(orjson.loads(event.body))).decode()
        event.save()
    deliveries = Delivery.select(Delivery.id).where(Delivery.event_id.in_([event.id for event in events]))
    Attempt.update(FORGOTTEN_ANSWER).where(Attempt.delivery.in_(deliveries)).execute()
    return len(events)


def _cleared(body: dict[str, Any]) -> dict[str, Any]:
    subject = body["data"]
    if subject["object"] == "order":
        subject["customer"] = _without(subject["customer"], PERSONAL)
        body["data"] = _without(subject, ORDER_PERSONAL)
    else:
        body["data"] = _without(subject, PERSONAL)
    return body


def _without(shape: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    cleared = {name: None if name in names else value for name, value in shape.items()}
    return cleared | ({"metadata": {}} if "metadata" in shape else {})


def _forget_answers(actor: Actor, customer_id: str) -> int:
    """Stored answers that name the customer; a repetition of such a request is carried out anew, or refused."""
    own = IdempotencyRecord.dealer == actor.dealer, IdempotencyRecord.body.contains(customer_id)
    return int(IdempotencyRecord.delete().where(*own).execute())
