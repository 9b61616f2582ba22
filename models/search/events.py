"""Search of the event stream."""

from typing import Any

from models.dealer import Actor, Dealer
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.search.pagination import Filters, ResultPage, paginate
from models.search.query import parse_query
from models.search.tables import find_ids_by_name


def search_events(actor: Actor, filters: Filters, page: int = 1) -> ResultPage:
    """Return one page of events, newest first.

    Filters: `q` (IDs, event types, names of watches, orders and customers), `event` (type or `listing.*`), `resource`
    (id of the object, the event or one of its deliveries), `origin`.
    """
    parsed = parse_query(filters, has_responses=False)
    query = Event.listed(actor)
    for row_id in [*parsed.ids, filters.get("resource")]:
        query = query.where(_has_id(row_id)) if row_id else query
    if parsed.types is not None:
        query = query.where(Event.type.in_(list(parsed.types)))
    if parsed.names:
        query = query.where(Event.resource_id.in_(find_ids_by_name(actor, parsed.names)))
    if origin := filters.get("origin"):
        query = query.where(Event.origin == origin)
    return paginate(query.order_by(Event.sequence.desc()), page)


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


def _has_id(row_id: str) -> Any:
    """Match the id of an event, of one of its deliveries, or of its object."""
    if row_id.startswith("dlv_"):
        return Event.id.in_(Delivery.select(Delivery.event_id).where(Delivery.id == row_id))
    return (Event.id if row_id.startswith("evt_") else Event.resource_id) == row_id
