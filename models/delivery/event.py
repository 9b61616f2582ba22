"""Transactional outbox: one event row per change, written in its transaction.

The row contains the body exactly as receivers get it.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, Self, cast

import orjson
import peewee

from errors import NotFound
from models.accounts.integration import API_VERSION, Integration
from models.base import Row, fetch_dicts, insert_rows, new_id
from models.clock import format_rfc3339
from models.cursor import CursorCodec, ListPage
from models.dealer import Actor, Dealer
from models.delivery.delivery import Delivery
from models.delivery.event_types import EVENT_TYPES, matches
from models.delivery.listed_events import find_last_unlisted
from models.sample_ids import SAMPLE_EVENT
from spec import version_changes
from telemetry import tracing

Change = tuple[str, Mapping[str, Any]]  # the type of the event, and its subject


class Event(Row):
    """A recorded change.

    `sequence` counts per dealer and mode, without gaps, in commit order. `traceparent` is the event's place in a trace
    (W3C Trace Context), which its attempts continue; None without traces.
    """

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()
    sequence = peewee.BigIntegerField()
    type = peewee.TextField()
    resource_id = peewee.TextField(null=True)
    origin = peewee.TextField()
    body = peewee.TextField()
    created_at = peewee.BigIntegerField()
    traceparent = peewee.TextField(null=True)

    @classmethod
    def record(cls, actor: Actor, event_type: str, subject: Mapping[str, Any]) -> Self:
        """Insert an event and its deliveries.

        `subject` becomes `data` in the body. Call it inside the `dealer.locked()` block of the change.
        """
        [event] = cls.record_all(actor, [(event_type, subject)])
        return event

    @classmethod
    def record_all(cls, actor: Actor, changes: Sequence[Change]) -> list[Self]:
        """Insert the events of several changes, in this order, with deliveries.

        Each change is to another resource. Call it as `record`.
        """
        with actor.dealer.locked():
            events = cls._build_all(actor, changes)
            insert_rows(events)
            if events and Integration.delivers(actor):
                Delivery.enqueue_for_subscribers(events, actor)
        return events

    @classmethod
    def insert_event(cls, actor: Actor, event_type: str, subject: Mapping[str, Any]) -> Self:
        """Insert an event without deliveries; the caller enqueues them."""
        with actor.dealer.locked():
            events = cls._build_all(actor, [(event_type, subject)])
            insert_rows(events)
            return events[0]

    @classmethod
    def record_first(cls, actor: Actor, event_type: str, subjects: Sequence[Mapping[str, Any]]) -> None:
        """Insert the first events of many new resources, with their deliveries.

        It takes few statements. Call it as `record`.
        """
        events = cls._build_all(actor, [(event_type, subject) for subject in subjects])
        insert_rows(events)
        if Integration.delivers(actor):
            Delivery.enqueue_first(events, event_type, actor)

    @classmethod
    def _build_all(cls, actor: Actor, changes: Sequence[Change]) -> list[Self]:
        if not changes:
            return []
        last = actor.dealer.next_sequence(is_test=actor.is_test, count=len(changes))
        first = last - len(changes) + 1
        return [cls._build(actor, *change, sequence) for sequence, change in enumerate(changes, start=first)]

    @classmethod
    def _build(cls, actor: Actor, event_type: str, subject: Mapping[str, Any], sequence: int) -> Self:
        event_id, at = new_id("evt"), actor.dealer.locked_at
        values = {
            "id": event_id,
            "dealer": actor.dealer.id,
            "is_test": actor.is_test,
            "sequence": sequence,
            "type": event_type,
            "resource_id": subject.get("id"),
            "origin": actor.origin,
            "body": _freeze_body(actor, event_id, event_type, sequence, at, subject),
            "created_at": at,
            "traceparent": tracing.record_event(event_type, event_id=event_id, dealer_id=actor.dealer.id),
        }
        return cls.of_values(values)

    @classmethod
    def find(cls, actor: Actor, event_id: str) -> Self:
        """Find a listed event of the actor's mode. Raises NotFound."""
        query = cls.listed(actor)
        if event_id == SAMPLE_EVENT and actor.is_test:
            event = query.order_by(cls.sequence.desc()).first()
        else:
            event = query.where(cls.id == event_id).first()
        if event is None:
            raise NotFound("event")
        return cast("Self", event)

    @classmethod
    def page(
        cls,
        actor: Actor,
        searched: int = 0,
        *,
        limit: int,
        after: str | None,
        event_type: str | None,
        resource_id: str | None,
        start: int = 0,
    ) -> ListPage:
        """Return one page, oldest event first (keyset pagination on `sequence`).

        Without `after`, it begins behind the sequence `start`. The caller knows that no event of the page has a
        sequence up to `searched`. The cursor of the last page stays valid for later events. Raises `invalid_cursor`.
        """
        cursors = CursorCodec("events", actor, {"type": event_type, "resource_id": resource_id})
        last_sequence = cursors.decode(after)[0] if after is not None else start
        query = cls.listed(actor, max(last_sequence, searched))
        if resource_id is not None:
            query = query.where(cls.resource_id == resource_id)
        rows = _fetch_first(query.select(cls.sequence, cls.body), event_type, limit + 1)
        page = rows[:limit]
        last_sequence = page[-1]["sequence"] if page else last_sequence
        return ListPage(
            object="list",
            data=[orjson.loads(row["body"]) for row in page],
            has_more=len(rows) > limit,
            next_cursor=cursors.encode((last_sequence, "")),
        )

    @classmethod
    def last_of(cls, actor: Actor, event_type: str) -> Self | None:
        """Find the newest event of a type."""
        query = cls.listed(actor).where(cls.type == event_type).order_by(cls.sequence.desc())
        return cast("Self | None", query.first())

    @classmethod
    def listed(cls, actor: Actor, after: int = 0) -> "peewee.ModelSelect[Self]":
        """Query the events of the actor's mode that are still listed.

        `after` is a sequence (exclusive).
        """
        return cls.of(actor).where(cls.sequence > find_last_unlisted(actor, after))

    @classmethod
    def of(cls, actor: Actor) -> "peewee.ModelSelect[Self]":
        """Query the events of the actor's mode, listed or not."""
        return cls.select().where(cls.dealer == actor.dealer, cls.is_test == actor.is_test)

    @property
    def request_id(self) -> str | None:
        """The API request that caused the event, None for another origin."""
        request_id: str | None = orjson.loads(self.body).get("request_id")
        return request_id

    def to_dict(self) -> dict[str, Any]:
        """Serialize the webhook body as sent, with a summary of its deliveries."""
        return {**orjson.loads(self.body), "deliveries": Delivery.summary(self.id)}


def _fetch_first(query: "peewee.ModelSelect[Event]", pattern: str | None, limit: int) -> list[dict[str, Any]]:
    """Fetch the oldest events of a query whose type matches a pattern.

    One query per type, because an index yields the events of one type in order. With several types in one query, the
    database reads all events of these types, or all events, until it has found enough.
    """
    query = query.order_by(Event.sequence).limit(limit)
    if pattern in (None, "*"):
        return fetch_dicts(query)
    types = [event_type for event_type in EVENT_TYPES if matches(event_type, str(pattern))]
    rows = [row for event_type in types for row in fetch_dicts(query.where(Event.type == event_type))]
    return sorted(rows, key=itemgetter("sequence"))[:limit]


def _freeze_body(
    actor: Actor, event_id: str, event_type: str, sequence: int, at: int, subject: Mapping[str, Any]
) -> str:
    version = _pinned_version(actor.dealer)
    return orjson.dumps(
        {
            "id": event_id,
            "object": "event",
            "event": event_type,
            "sequence": sequence,
            "api_version": version,
            "created_at": format_rfc3339(at),
            "livemode": not actor.is_test,
            "origin": actor.origin,
            "request_id": actor.request_id,
            "data": version_changes.downgrade(subject, version),
        }
    ).decode()


def _pinned_version(dealer: Dealer) -> str:
    """Return the integration's API version, without a query while there is only one."""
    return Integration.of(dealer).api_version if version_changes.CHANGES else API_VERSION
