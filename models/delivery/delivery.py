"""Transactional outbox: one delivery row per event and endpoint.

Rows are written in the transaction of the event.

States: `queued` (behind an earlier delivery of the same resource), `pending` (due at `due_at`), `sending` (leased to
a worker until `due_at`), `succeeded`, `failed` (no attempts left).

Ordering: per endpoint and resource, at most one delivery that has not been overtaken is pending or sending. So a
receiver gets the events of one resource in order.
"""

from collections.abc import Sequence
from typing import Any, Self, cast

import peewee

import config
from errors import NotFound, Refusal
from models.base import Row, insert_rows, new_id
from models.clock import format_rfc3339, now
from models.database import db
from models.dealer import Actor, Dealer
from models.delivery.endpoint import Endpoint

QUEUED, PENDING, SENDING, SUCCEEDED, FAILED = "queued", "pending", "sending", "succeeded", "failed"
STATES = (QUEUED, PENDING, SENDING, SUCCEEDED, FAILED)

# The last open delivery of the resource. PostgreSQL locks it, so that it cannot finish before this transaction ends.
TAIL = (
    """
SELECT id FROM delivery WHERE endpoint_id = {0} AND resource_id = {0} AND completed_at IS NULL AND NOT is_passed
ORDER BY sequence DESC LIMIT 1
""".replace("{0}", db.param)
    + ("" if config.is_sqlite() else "FOR UPDATE")
)


class Delivery(Row):
    """One event on its way to one endpoint.

    `attempts` counts all attempts, `step` the automatic ones. `generation` is the fencing token of the lease. If
    `is_passed` is true, later deliveries of the resource may overtake this one. `worker_id` is the claiming worker.
    """

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    endpoint = peewee.ForeignKeyField(Endpoint)
    event_id = peewee.TextField()
    event_type = peewee.TextField()
    resource_id = peewee.TextField(null=True)
    is_test = peewee.BooleanField()
    sequence = peewee.BigIntegerField()
    state = peewee.TextField()
    due_at = peewee.BigIntegerField()
    generation = peewee.IntegerField()
    trigger = peewee.TextField()
    step = peewee.IntegerField()
    attempts = peewee.IntegerField()
    is_passed = peewee.BooleanField()
    signs_newest_only = peewee.BooleanField()
    claimed_at = peewee.BigIntegerField(null=True)
    worker_id = peewee.TextField(null=True)
    last_status = peewee.IntegerField(null=True)
    last_error = peewee.TextField(null=True)
    created_at = peewee.BigIntegerField()
    completed_at = peewee.BigIntegerField(null=True)

    @classmethod
    def enqueue_for_subscribers(cls, events: Sequence[Any], actor: Actor) -> None:
        """Insert one delivery per event and subscribed endpoint.

        The events are of different resources. Call it in their transaction.
        """
        endpoints = Endpoint.of_mode(actor)
        rows = [
            cls.of_values(cls._row(event, endpoint, event.created_at))
            for event in events
            for endpoint in endpoints
            if endpoint.is_subscribed_to(event.type, actor.origin)
        ]
        insert_rows(rows)

    @classmethod
    def enqueue_first(cls, events: Sequence[Any], event_type: str, actor: Actor) -> None:
        """Insert the deliveries of the first events of new resources.

        The events are of one type. Nothing of a new resource is open, so none has to wait. Call it in the events'
        transaction.
        """
        for endpoint in Endpoint.subscribed_to(actor, event_type):
            insert_rows([cls.of_values(cls._row(event, endpoint, event.created_at, is_first=True)) for event in events])

    @classmethod
    def reenqueue(cls, events: Sequence[Any], endpoint: Endpoint, at: int) -> None:
        """Insert further deliveries of recorded events to one endpoint, in this order.

        `at` is their creation time (ms).
        """
        for event in events:
            cls.insert(**cls._row(event, endpoint, at)).execute()

    @classmethod
    def enqueue_to(cls, event: Any, endpoint: Endpoint, *, signs_newest_only: bool) -> Self:
        """Insert a delivery to one endpoint, whatever it subscribes to."""
        row = cls._row(event, endpoint, event.created_at)
        return cls.create(**{**row, "signs_newest_only": signs_newest_only})

    @classmethod
    def _row(cls, event: Any, endpoint: Endpoint, at: int, *, is_first: bool = False) -> dict[str, Any]:
        has_resource = event.resource_id is not None and not is_first
        is_queued = has_resource and _has_open_predecessor(endpoint.id, event.resource_id)
        return {
            "id": new_id("dlv"),
            "dealer": endpoint.__data__["dealer"],
            "endpoint": endpoint.id,
            "event_id": event.id,
            "event_type": event.type,
            "resource_id": event.resource_id,
            "is_test": event.is_test,
            "sequence": event.sequence,
            "state": QUEUED if is_queued else PENDING,
            "due_at": now(),  # not `at`, which stays ahead of a system clock that was set back
            "generation": 0,
            "trigger": "automatic",
            "step": 0,
            "attempts": 0,
            "is_passed": False,
            "signs_newest_only": False,
            "created_at": at,
        }

    # Queries

    @classmethod
    def of(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        """Query the dealer's deliveries."""
        return cls.select().where(cls.dealer == dealer)

    @classmethod
    def find(cls, dealer: Dealer, delivery_id: str) -> Self:
        """Find one of the dealer's deliveries. Raises NotFound."""
        delivery = cls.of(dealer).where(cls.id == delivery_id).first()
        if delivery is None:
            raise NotFound("delivery")
        return cast("Self", delivery)

    @classmethod
    def summary(cls, event_id: str) -> list[dict[str, Any]]:
        """Summarize the deliveries of an event, one per endpoint."""
        query = cls.select().where(cls.event_id == event_id).order_by(cls.created_at, cls.id)
        return [delivery.summarize() for delivery in query]

    # Changes

    def retry(self) -> None:
        """Make the delivery due now.

        Raises `delivery_in_flight` while an attempt is running, `delivery_queued` while an earlier delivery of the
        resource is open.
        """
        with self.dealer.locked():
            current, at = self._lock_current(), now()
            if current.state == SENDING and current.due_at > at:
                raise Refusal("delivery_in_flight", "An attempt of this delivery is in progress. Wait for its result.")
            if current.state == QUEUED:
                raise Refusal(
                    "delivery_queued",
                    "This delivery is queued behind an earlier one of the same resource. Retry that one.",
                )
            current.state, current.due_at, current.trigger = PENDING, at, "manual"
            current.is_passed = current.is_passed or current.completed_at is not None
            current.completed_at, current.generation = None, current.generation + 1
            current.save()

    def advance(self) -> None:
        """Make the next scheduled attempt of a test delivery due now.

        The attempt counts as an automatic one, as if its time had come. Raises NotFound for a live delivery, and
        `delivery_not_waiting` unless the delivery waits for its next attempt.
        """
        with self.dealer.locked():
            current = self._lock_current()
            if not current.is_test:
                raise NotFound("delivery")
            if current.state != PENDING:
                raise Refusal("delivery_not_waiting", "This delivery has no scheduled attempt that it waits for.")
            current.due_at = min(current.due_at, now())
            current.save()

    def _lock_current(self) -> "Delivery":
        """Read the row again and lock it against workers.

        On SQLite, the transaction has already locked it.
        """
        query = Delivery.of(self.dealer).where(Delivery.id == self.id)
        current = (query if config.is_sqlite() else query.for_update()).first()
        if current is None:
            raise NotFound("delivery")
        return cast("Delivery", current)

    def summarize(self) -> dict[str, Any]:
        """Serialize as a part of the event that it delivers."""
        return {
            "id": self.id,
            "endpoint_id": self.__data__["endpoint"],
            "state": self.state,
            "attempts": self.attempts,
            "last_status": self.last_status,
            "last_error": self.last_error,
            "next_attempt_at": format_rfc3339(self.due_at) if self.state == PENDING else None,
            "completed_at": format_rfc3339(self.completed_at),
        }

    def to_dict(self) -> dict[str, Any]:
        """Serialize for operators and dealers."""
        return {
            "id": self.id,
            "object": "delivery",
            "is_test": self.is_test,
            "event_id": self.event_id,
            "event": self.event_type,
            "sequence": self.sequence,
            "resource_id": self.resource_id,
            **{name: value for name, value in self.summarize().items() if name != "id"},
            "created_at": format_rfc3339(self.created_at),
        }


def _has_open_predecessor(endpoint_id: str, resource_id: str) -> bool:
    return db.execute_sql(TAIL, (endpoint_id, resource_id)).fetchone() is not None
