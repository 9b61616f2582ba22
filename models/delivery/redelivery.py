"""Bulk redelivery: retries failed deliveries, or replays recorded events."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from models.batches import yield_to_writers
from models.clock import now
from models.dealer import Actor, Dealer
from models.delivery.delivery import FAILED, PENDING, Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event

BATCH = 100


@dataclass(frozen=True)
class FailedDeliveries:
    """A dealer's failed deliveries, created from `since` to `until` (ms, inclusive).

    `endpoint_id`, `event_type` and `is_test` restrict them further unless they are None.
    """

    dealer: Dealer
    since: int
    until: int
    endpoint_id: str | None = None
    event_type: str | None = None
    is_test: bool | None = None

    def count(self) -> int:
        return int(self.select().count())

    def retry(self) -> Iterator[int]:
        """Make the deliveries due now in batches, oldest first.

        Yields the number of re-queued deliveries so far, after each batch. Each endpoint's concurrency limit decides
        how fast they are sent.
        """
        done, batch = 0, self._next_batch()
        while batch:
            done += self._retry([delivery.id for delivery in batch])
            yield done
            batch = self._next_batch(after=batch[-1])
            if batch:
                yield_to_writers()

    def _next_batch(self, after: Delivery | None = None) -> list[Delivery]:
        """Return the oldest failed deliveries, or the next ones after a delivery.

        One that fails again meanwhile is before them.
        """
        query = self.select()
        if after is not None:
            is_same_time = (Delivery.created_at == after.created_at) & (Delivery.id > after.id)
            query = query.where(Delivery.created_at >= after.created_at)
            query = query.where((Delivery.created_at > after.created_at) | is_same_time)
        return list(
            query.select(Delivery.id, Delivery.created_at).order_by(Delivery.created_at, Delivery.id).limit(BATCH)
        )

    def _retry(self, ids: Sequence[str]) -> int:
        with self.dealer.locked():
            return int(
                Delivery.update(
                    state=PENDING,
                    due_at=now(),
                    trigger="manual",
                    is_passed=True,
                    completed_at=None,
                    generation=Delivery.generation + 1,
                )
                .where(Delivery.id.in_(list(ids)), Delivery.state == FAILED)
                .execute()
            )

    def select_retried(self) -> "peewee.ModelSelect[Delivery]":
        """Select the unfinished deliveries of the time range that a user has sent again."""
        is_manual = Delivery.trigger == peewee.SQL("'manual'")  # a parameter would keep SQLite from the partial index
        return Delivery.of(self.dealer).where(
            Delivery.created_at >= self.since,
            Delivery.created_at <= self.until,
            is_manual,
            Delivery.completed_at.is_null(),
            (self.is_test is None) | (Delivery.is_test == self.is_test),
        )

    def select(self) -> "peewee.ModelSelect[Delivery]":
        """Select the failed deliveries."""
        query = Delivery.of(self.dealer).where(
            Delivery.state == FAILED, Delivery.created_at >= self.since, Delivery.created_at <= self.until
        )
        filters: list[tuple[Any, Any]] = [
            (Delivery.endpoint, self.endpoint_id),
            (Delivery.event_type, self.event_type),
            (Delivery.is_test, self.is_test),
        ]
        return query.where(*[column == value for column, value in filters if value is not None], True)


def replay_events(actor: Actor, endpoint: Endpoint, after_sequence: int) -> Iterator[int]:
    """Deliver again the listed events after a sequence number, in batches.

    For a receiver that has lost data: events that it received before arrive again with the same event ids. Only events
    that the endpoint subscribes to are replayed. Yields the number of deliveries so far, after each batch.
    """
    done, last_sequence = 0, after_sequence
    while events := _next_events(actor, last_sequence):
        subscribed = [event for event in events if endpoint.is_subscribed_to(event.type, event.origin)]
        with actor.dealer.locked() as at:
            Delivery.reenqueue(subscribed, endpoint, at)
        done, last_sequence = done + len(subscribed), events[-1].sequence
        yield done
        if len(events) == BATCH:
            yield_to_writers()


def _next_events(actor: Actor, after_sequence: int) -> list[Event]:
    query = Event.listed(actor, after_sequence)
    return list(query.order_by(Event.sequence).limit(BATCH))
