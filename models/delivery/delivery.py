"""Deliveries: the promise that an event reaches an endpoint, one row per event and endpoint.

States: `queued` (behind an earlier delivery of the same resource), `pending` (due at `due_at`), `sending` (leased to
a worker until `due_at`), `succeeded`, `failed` (given up). Per endpoint and resource at most one delivery that is
not passed over is pending or sending; so a receiver gets the events of one resource in order.
"""

from collections.abc import Sequence
from typing import Any, Self, cast

import peewee

import config
from errors import NotFound, Refusal
from models.base import Row, new_id
from models.clock import format_rfc3339, now
from models.database import db
from models.dealer import Actor, Dealer
from models.delivery.endpoint import Endpoint

QUEUED, PENDING, SENDING, SUCCEEDED, FAILED = "queued", "pending", "sending", "succeeded", "failed"
STATES = (QUEUED, PENDING, SENDING, SUCCEEDED, FAILED)

# The last open delivery of the resource; on PostgreSQL locked, so that it cannot finish unseen meanwhile.
TAIL = (
    """
SELECT id FROM delivery WHERE endpoint_id = {0} AND resource_id = {0} AND completed_at IS NULL AND NOT is_passed
ORDER BY sequence DESC LIMIT 1
""".replace("{0}", db.param)
    + ("" if config.is_sqlite() else "FOR UPDATE")
)


class Delivery(Row):
    """`step` counts automatic attempts, `attempts` all; `generation` tells a stale worker from the current one."""

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
    last_status = peewee.IntegerField(null=True)
    last_error = peewee.TextField(null=True)
    created_at = peewee.BigIntegerField()
    completed_at = peewee.BigIntegerField(null=True)

    @classmethod
    def enqueue_for_subscribers(cls, event: Any, actor: Actor) -> None:
        """One delivery to each endpoint that wants the event, in the event's transaction."""
        for endpoint in Endpoint.subscribed_to(actor, event.type):
            cls.insert(**cls._row(event, endpoint, event.created_at)).execute()

    @classmethod
    def reenqueue(cls, events: Sequence[Any], endpoint: Endpoint, at: int) -> None:
        """Further deliveries of recorded events to one endpoint, in their order."""
        for event in events:
            cls.insert(**cls._row(event, endpoint, at)).execute()

    @classmethod
    def enqueue_to(cls, event: Any, endpoint: Endpoint, *, signs_newest_only: bool) -> Self:
        """A delivery to one endpoint, whatever it subscribes to."""
        row = cls._row(event, endpoint, event.created_at)
        return cls.create(**{**row, "signs_newest_only": signs_newest_only})

    @classmethod
    def _row(cls, event: Any, endpoint: Endpoint, at: int) -> dict[str, Any]:
        waits = event.resource_id is not None and _has_open_predecessor(endpoint.id, event.resource_id)
        return {
            "id": new_id("dlv"),
            "dealer": endpoint.dealer,
            "endpoint": endpoint.id,
            "event_id": event.id,
            "event_type": event.type,
            "resource_id": event.resource_id,
            "is_test": event.is_test,
            "sequence": event.sequence,
            "state": QUEUED if waits else PENDING,
            "due_at": now(),  # `at` never goes back, the machine's clock may
            "generation": 0,
            "trigger": "automatic",
            "step": 0,
            "attempts": 0,
            "is_passed": False,
            "signs_newest_only": False,
            "created_at": at,
        }

    # finders

    @classmethod
    def of(cls, dealer: Dealer) -> "peewee.ModelSelect[Self]":
        return cls.select().where(cls.dealer == dealer)

    @classmethod
    def find(cls, dealer: Dealer, delivery_id: str) -> Self:
        delivery = cls.of(dealer).where(cls.id == delivery_id).first()
        if delivery is None:
            raise NotFound("delivery")
        return cast("Self", delivery)

    @classmethod
    def summary(cls, event_id: str) -> list[dict[str, Any]]:
        """What became of an event at each endpoint."""
        return [row._brief() for row in cls.select().where(cls.event_id == event_id).order_by(cls.created_at, cls.id)]

    # verbs

    def retry(self) -> None:
        """Sends again at once. Raises `delivery_in_flight`, `delivery_queued`: it will go without help."""
        with self.dealer.locked():
            fresh, at = self._fresh(), now()
            if fresh.state == SENDING and fresh.due_at > at:
                raise Refusal("delivery_in_flight", "An attempt of this delivery is running; wait for its result.")
            if fresh.state == QUEUED:
                raise Refusal("delivery_queued", "This delivery waits for an earlier one of the same resource.")
            fresh.state, fresh.due_at, fresh.trigger = PENDING, at, "manual"
            fresh.is_passed = fresh.is_passed or fresh.completed_at is not None
            fresh.completed_at, fresh.generation = None, fresh.generation + 1
            fresh.save()

    def _fresh(self) -> "Delivery":
        """The row as it stands, locked against workers (on SQLite the transaction does that)."""
        query = Delivery.of(self.dealer).where(Delivery.id == self.id)
        fresh = (query if config.is_sqlite() else query.for_update()).first()
        if fresh is None:
            raise NotFound("delivery")
        return cast("Delivery", fresh)

    def _brief(self) -> dict[str, Any]:
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
        """For operators and dealers."""
        return {
            "id": self.id,
            "object": "delivery",
            "is_test": self.is_test,
            "event_id": self.event_id,
            "event": self.event_type,
            "sequence": self.sequence,
            "resource_id": self.resource_id,
            **{name: value for name, value in self._brief().items() if name != "id"},
            "created_at": format_rfc3339(self.created_at),
        }


def _has_open_predecessor(endpoint_id: str, resource_id: str) -> bool:
    return db.execute_sql(TAIL, (endpoint_id, resource_id)).fetchone() is not None
