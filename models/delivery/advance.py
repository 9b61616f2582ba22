"""Test clock: skips to the next retry of waiting test deliveries."""

from typing import Any

import peewee

from models.clock import now
from models.dealer import Actor
from models.delivery.delivery import PENDING, Delivery

MAX_ADVANCED = 100


def advance_deliveries(
    actor: Actor, *, delivery_id: str | None = None, endpoint_id: str | None = None
) -> tuple[list[dict[str, Any]], bool]:
    """Make the next attempts of waiting test deliveries due now, the oldest first.

    A filter that matches nothing advances nothing. Returns up to MAX_ADVANCED summaries, and whether more deliveries
    wait.
    """
    with actor.dealer.locked():
        at = now()
        matching = _select_waiting(actor, at, delivery_id, endpoint_id)
        rows = list(matching.order_by(Delivery.created_at, Delivery.id).limit(MAX_ADVANCED + 1))
        advanced = rows[:MAX_ADVANCED]
        Delivery.update(due_at=at).where(Delivery.id.in_(advanced), Delivery.state == PENDING).execute()
    for row in advanced:
        row.due_at = at
    return [row.summarize() for row in advanced], len(rows) > MAX_ADVANCED


def _select_waiting(
    actor: Actor, at: int, delivery_id: str | None, endpoint_id: str | None
) -> "peewee.ModelSelect[Delivery]":
    waiting = Delivery.of(actor.dealer).where(Delivery.is_test, Delivery.state == PENDING, Delivery.due_at > at)
    if delivery_id is not None:
        waiting = waiting.where(Delivery.id == delivery_id)
    return waiting if endpoint_id is None else waiting.where(Delivery.endpoint == endpoint_id)
