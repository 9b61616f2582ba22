"""Search of the event stream."""

from typing import Any

import peewee

from models.dealer import Actor, Dealer
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.delivery.event_types import EVENT_TYPES
from models.search.pagination import Filters, ResultPage, paginate_merged
from models.search.query import ParsedQuery, parse_query
from models.search.tables import find_ids_by_name

MAX_FOUND = 1_000_000


def search_events(actor: Actor, filters: Filters, page: int = 1) -> ResultPage:
    """Return one page of events, newest first.

    Filters: `q` (IDs, event types, names of watches, orders and customers), `event` (type or `listing.*`), `resource`
    (id of the object, the event or one of its deliveries), `origin`.
    """
    queries = _split(actor, filters, parse_query(filters, has_responses=False))
    return paginate_merged(queries, page, order=(Event.sequence,), rows=Event.of(actor))


def _split(actor: Actor, filters: Filters, parsed: ParsedQuery) -> "list[peewee.ModelSelect[Event]]":
    """Split the search into queries without common rows, each on one index."""
    query, origin, resource = Event.listed(actor), filters.get("origin"), filters.get("resource")
    if parsed.ids or resource or parsed.names:
        return [_about_objects(actor, query, parsed, resource, origin)]
    if origin:
        query = query.where(Event.origin == origin)
    types = parsed.types if parsed.types is not None or not origin else EVENT_TYPES
    return [query] if types is None else [query.where(Event.type == event_type) for event_type in types]


def _about_objects(
    actor: Actor, query: "peewee.ModelSelect[Event]", parsed: ParsedQuery, resource: str | None, origin: str | None
) -> "peewee.ModelSelect[Event]":
    """Select by ids and names.

    `concat` keeps SQLite from the indexes of the other filters.
    """
    for row_id in [*parsed.ids, resource]:
        query = query.where(_has_id(actor, row_id)) if row_id else query
    if parsed.names:
        query = query.where(Event.resource_id.in_(find_ids_by_name(actor, parsed.names)))
    if parsed.types is not None:
        query = query.where(Event.type.concat("").in_(list(parsed.types)))
    if origin:
        query = query.where(Event.origin.concat("") == origin)
    found = query.select(Event.sequence).limit(MAX_FOUND)  # the limit keeps SQLite from reading all events in order
    return Event.of(actor).where(Event.sequence.in_(found))


def events_matching_unscoped(
    dealer: Dealer | None, *, is_test: bool | None, after: int | None, limit: int
) -> list[Event]:
    """Return events of one dealer or all, for the operator's command line only.

    With `after`, the events that follow this sequence number, otherwise the newest ones.
    """
    filters: list[tuple[Any, Any]] = [(Event.dealer, dealer), (Event.is_test, is_test)]
    query = Event.select().where(*[column == value for column, value in filters if value is not None], True)
    if after is not None:
        return list(query.where(Event.sequence > after).order_by(Event.created_at, Event.sequence).limit(limit))
    return list(query.order_by(Event.created_at.desc(), Event.sequence.desc()).limit(limit))[::-1]


def _has_id(actor: Actor, row_id: str) -> Any:
    """Match the id of an event, of one of its deliveries, or of its object."""
    if row_id.startswith("dlv_"):
        delivery = Delivery.of(actor.dealer).where(Delivery.id == row_id).first()
        return Event.id == (delivery.event_id if delivery else None)
    return (Event.id if row_id.startswith("evt_") else Event.resource_id) == row_id
