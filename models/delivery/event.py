"""Events: one row per thing that happened, its body frozen as the very bytes that receivers get."""

from collections.abc import Mapping, Sequence
from typing import Any, Self, cast

import orjson
import peewee

from errors import NotFound
from models.accounts.integration import API_VERSION, Integration
from models.base import Row, fetch_dicts, new_id
from models.clock import format_rfc3339, now
from models.cursor import CursorCodec, ListPage
from models.dealer import Actor, Dealer
from models.delivery.delivery import Delivery
from spec import version_changes

KEPT_MS = 30 * 24 * 3600 * 1000


class Event(Row):
    """A fact, recorded in the fact's own transaction. `sequence` has no gaps per dealer and mode."""

    id = peewee.TextField(primary_key=True)
    dealer = peewee.ForeignKeyField(Dealer)
    is_test = peewee.BooleanField()
    sequence = peewee.BigIntegerField()
    type = peewee.TextField()
    resource_id = peewee.TextField(null=True)
    origin = peewee.TextField()
    body = peewee.TextField()
    created_at = peewee.BigIntegerField()

    @classmethod
    def record(cls, actor: Actor, event_type: str, subject: Mapping[str, Any]) -> Self:
        """Writes event and deliveries; `subject` becomes `data`. Call inside the verb's `dealer.locked()`."""
        with actor.dealer.locked():
            event = cls.write(actor, event_type, subject)
            if actor.is_test or Integration.of(actor.dealer).is_live:
                Delivery.enqueue_for_subscribers(event, actor)
        return event

    @classmethod
    def write(cls, actor: Actor, event_type: str, subject: Mapping[str, Any]) -> Self:
        """The event alone; who it goes to is the caller's to say."""
        with actor.dealer.locked() as at:
            sequence = actor.dealer.next_sequence(is_test=actor.is_test)
            event_id = new_id("evt")
            return cls.create(
                id=event_id,
                dealer=actor.dealer,
                is_test=actor.is_test,
                sequence=sequence,
                type=event_type,
                resource_id=subject.get("id"),
                origin=actor.origin,
                body=_body(actor, event_id, event_type, sequence, at, subject),
                created_at=at,
            )

    @classmethod
    def find(cls, actor: Actor, event_id: str) -> Self:
        event = cls.kept(actor).where(cls.id == event_id).first()
        if event is None:
            raise NotFound("event")
        return cast("Self", event)

    @classmethod
    def page(
        cls, actor: Actor, *, limit: int, after: str | None, event_type: str | None, resource_id: str | None
    ) -> ListPage:
        """Ascending by `sequence`: the stream that the webhooks carry. The cursor outlives the last page."""
        walk = CursorCodec("events", actor, {"type": event_type, "resource_id": resource_id})
        seen = walk.decode(after)[0] if after is not None else 0
        query = cls.kept(actor).where(cls.sequence > seen)
        if event_type is not None:
            query = query.where(*cls._matching(event_type))
        if resource_id is not None:
            query = query.where(cls.resource_id == resource_id)
        rows = fetch_dicts(query.select(cls.sequence, cls.body).order_by(cls.sequence).limit(limit + 1))
        shown = rows[:limit]
        last = shown[-1]["sequence"] if shown else seen
        return ListPage(
            object="list",
            data=[orjson.loads(row["body"]) for row in shown],
            has_more=len(rows) > limit,
            next_cursor=walk.encode((last, "")),
        )

    @classmethod
    def last_of(cls, actor: Actor, event_type: str) -> Self | None:
        query = cls.kept(actor).where(cls.type == event_type).order_by(cls.sequence.desc())
        return cast("Self | None", query.first())

    @classmethod
    def kept(cls, actor: Actor) -> "peewee.ModelSelect[Self]":
        return cls.select().where(
            cls.dealer == actor.dealer, cls.is_test == actor.is_test, cls.created_at > now() - KEPT_MS
        )

    @classmethod
    def _matching(cls, pattern: str) -> Sequence[Any]:
        if pattern == "*":
            return [cls.id.is_null(False)]
        if pattern.endswith(".*"):
            return [cls.type.startswith(pattern[:-1])]
        return [cls.type == pattern]

    def to_dict(self) -> dict[str, Any]:
        """The webhook body as it was sent, and what became of its deliveries."""
        return {**orjson.loads(self.body), "deliveries": Delivery.summary(self.id)}


def _body(actor: Actor, event_id: str, event_type: str, sequence: int, at: int, subject: Mapping[str, Any]) -> str:
    version = _pinned(actor.dealer)
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


def _pinned(dealer: Dealer) -> str:
    """The version of the dealer's integration; while there has been but one it is not looked up."""
    return Integration.of(dealer).api_version if version_changes.CHANGES else API_VERSION
