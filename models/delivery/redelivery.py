"""Redelivery in bulk: retry the deliveries that failed in a time range, or replay the events after a sequence."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import peewee

from models.clock import now
from models.dealer import Actor, Dealer
from models.delivery.delivery import FAILED, Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event

BATCH = 100


@dataclass(frozen=True)
class FailedDeliveries:
    """A dealer's failed deliveries that were created from `since` to `until` (ms, inclusive)."""

    dealer: Dealer
    since: int
    until: int
    endpoint_id: str | None = None
    event_type: str | None = None
    is_test: bool | None = None

    def count(self) -> int:
        return int(self._query().count())

    def retry(self) -> Iterator[int]:
        """Make them due again in batches, oldest first; yields the number of re-queued deliveries so far.

        Each endpoint's concurrency limit decides how fast they are sent.
        """
        done = 0
        ids = [row.id for row in self._query().select(Delivery.id).order_by(Delivery.created_at, Delivery.sequence)]
        for start in range(0, len(ids), BATCH):
            done += self._retry(ids[start : start + BATCH])
            yield done

    def _retry(self, ids: Sequence[str]) -> int:
        with self.dealer.locked():
            return int(
                Delivery.update(
                    state="pending",
                    due_at=now(),
                    trigger="manual",
                    is_passed=True,
                    completed_at=None,
                    generation=Delivery.generation + 1,
                )
                .where(Delivery.id.in_(list(ids)), Delivery.state == FAILED)
                .execute()
            )

    def _query(self) -> "peewee.ModelSelect[Delivery]":
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
    """Replay the listed events of the mode after a sequence that the endpoint subscribes to; yields the number so far.

    For a receiver that lost data. Events that it has received before arrive again with the same event ids.
    """
    done, last_sequence = 0, after_sequence
    while events := _next_events(actor, last_sequence):
        subscribed = [event for event in events if endpoint.is_subscribed_to(event.type, event.origin)]
        with actor.dealer.locked() as at:
            Delivery.reenqueue(subscribed, endpoint, at)
        done, last_sequence = done + len(subscribed), events[-1].sequence
        yield done


def _next_events(actor: Actor, after_sequence: int) -> list[Event]:
    query = Event.kept(actor).where(Event.sequence > after_sequence)
    return list(query.order_by(Event.sequence).limit(BATCH))
