"""Getting deliveries out again: all that failed in a time, or all events since a sequence."""

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
    """Deliveries of a dealer that were given up, by the time of their event (ms, both ends included)."""

    dealer: Dealer
    since: int
    until: int
    endpoint_id: str | None = None
    event_type: str | None = None
    is_test: bool | None = None

    def count(self) -> int:
        return int(self._query().count())

    def retry(self) -> Iterator[int]:
        """Sends them again in batches, oldest first; yields how many were taken up so far.

        How fast they leave is up to each endpoint's free slots.
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
        given: list[tuple[Any, Any]] = [
            (Delivery.endpoint, self.endpoint_id),
            (Delivery.event_type, self.event_type),
            (Delivery.is_test, self.is_test),
        ]
        return query.where(*[column == value for column, value in given if value is not None], True)


def replay_events(actor: Actor, endpoint: Endpoint, after_sequence: int) -> Iterator[int]:
    """New deliveries of all kept events of the mode after a sequence that the endpoint wants; yields how many so far.

    For an endpoint that lost its data: events that it has had before come again, with the same event ids.
    """
    done, seen = 0, after_sequence
    while events := _next_events(actor, seen):
        wanted = [event for event in events if endpoint.is_subscribed_to(event.type, event.origin)]
        with actor.dealer.locked() as at:
            Delivery.reenqueue(wanted, endpoint, at)
        done, seen = done + len(wanted), events[-1].sequence
        yield done


def _next_events(actor: Actor, after_sequence: int) -> list[Event]:
    query = Event.kept(actor).where(Event.sequence > after_sequence)
    return list(query.order_by(Event.sequence).limit(BATCH))
