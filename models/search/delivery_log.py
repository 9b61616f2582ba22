"""Search of the delivery log, fast even with a million rows.

A search is split into queries that each read one index in the order of the page.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import peewee

from models.dealer import Actor, Dealer
from models.delivery.delivery import STATES, SUCCEEDED, Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event_types import matches
from models.search.pagination import Filters, ResultPage, created_between, paginate, paginate_merged
from models.search.query import ParsedQuery, parse_query
from models.search.tables import find_ids_by_name
from spec.characters import fold_text

NEWEST_DELIVERY = (Delivery.created_at.desc(), Delivery.id.desc())

FEW = 20_000

DeliveryQuery: TypeAlias = "peewee.ModelSelect[Delivery]"


def search_deliveries(dealer: Dealer, filters: Filters, page: int = 1) -> ResultPage:
    """Return one page of deliveries, newest first.

    Filters: `q` (IDs, event types, status codes, error classes, names of watches, orders, customers and endpoint
    URLs), `state`, `event` (type or `listing.*`), `mode` (`test`, `live`), `endpoint` (id), `resource` (id of the
    object, the event, the endpoint or the delivery), `since` and `until` (ms, inclusive).
    """
    parsed = parse_query(filters)
    queries = [_with_ids_and_responses(query, parsed) for query in _split(dealer, {**filters, "event": None}, parsed)]
    if not queries:
        return ResultPage([], 0, 1)
    if len(queries) == 1:
        return paginate(queries[0].order_by(*NEWEST_DELIVERY), page)
    order = (Delivery.created_at, Delivery.id)
    return paginate_merged(queries, page, order=order, rows=Delivery.select())


def deliveries_matching(dealer: Dealer, filters: Filters) -> DeliveryQuery:
    """Select the dealer's deliveries; filters as in `search_deliveries`, without `q`.

    Of a state and a mode, SQLite gets the one as a column that has an index, and the other as an expression.
    """
    query = _without_dealer_index(dealer) if filters.get("resource") else Delivery.of(dealer)
    if (state := filters.get("state")) and (mode := filters.get("mode")):
        if _has_few(dealer, mode):
            query, filters = query.where(Delivery.state.concat("") == state), {**filters, "state": None}
        else:
            query, filters = _in_mode(query, mode), {**filters, "mode": None}
    return _apply_filters(query, filters)


def _in_mode(query: DeliveryQuery, mode: str | None) -> DeliveryQuery:
    """Apply the mode as an expression, so that SQLite takes another index."""
    is_test = peewee.Case(None, [(Delivery.is_test, 1)], 0)
    return query.where(is_test == int(mode == "test")) if mode else query


def _has_few(dealer: Dealer, mode: str) -> bool:
    """Return True if a mode has so few events that its deliveries may all be read."""
    return (dealer.test_sequence if mode == "test" else dealer.live_sequence) < FEW


def deliveries_matching_unscoped(filters: Filters) -> DeliveryQuery:
    """Select deliveries of all dealers, for the operator's command line only."""
    return _apply_filters(Delivery.select(), filters)


def _split(dealer: Dealer, filters: Filters, parsed: ParsedQuery) -> list[DeliveryQuery]:
    """Split the search into queries without common rows, each on one index."""
    if parsed.names:
        return _with_types(_about_names(dealer, filters, parsed.names), parsed)
    if parsed.ids or filters.get("resource"):
        return _with_types([_apply_filters(_without_dealer_index(dealer), filters)], parsed)
    if parsed.errors and not filters.get("state"):
        query = _in_mode(deliveries_matching(dealer, {**filters, "mode": None}), filters.get("mode"))
        return _with_types([query.where(Delivery.last_error == error) for error in sorted(parsed.errors)], parsed)
    if parsed.statuses and not filters.get("state"):
        queries = [deliveries_matching(dealer, {**filters, "state": state}) for state in _possible_states(parsed)]
        return _with_types(queries, parsed)
    if parsed.types:
        return [deliveries_matching(dealer, {**filters, "event": event_type}) for event_type in parsed.types]
    return _with_types([deliveries_matching(dealer, filters)], parsed)


def _with_types(queries: list[DeliveryQuery], parsed: ParsedQuery) -> list[DeliveryQuery]:
    if parsed.types is None:
        return queries
    return [query.where(Delivery.event_type.in_(list(parsed.types))) for query in queries]


def _possible_states(parsed: ParsedQuery) -> Iterable[str]:
    """Return the states that deliveries with these status codes can have.

    Most deliveries have succeeded: a search for other codes need not read them.
    """
    is_success = all(status < 300 for status in parsed.statuses)
    return [SUCCEEDED] if is_success else [state for state in STATES if state != SUCCEEDED]


def _about_names(dealer: Dealer, filters: Filters, names: Sequence[str]) -> list[DeliveryQuery]:
    """Select deliveries about objects with these names, or to such endpoint URLs."""
    actors = [Actor(dealer, is_test, "dashboard") for is_test in (True, False)]
    ids = [row_id for actor in actors for row_id in find_ids_by_name(actor, names)]
    terms = [fold_text(name) for name in names]
    endpoints = [row for row in Endpoint.of(dealer) if all(term in fold_text(row.url) for term in terms)]
    query = _apply_filters(_without_dealer_index(dealer), filters)
    others = query.where(Delivery.resource_id.not_in(ids) | Delivery.resource_id.is_null())
    about = [query.where(Delivery.resource_id.in_(ids))] if ids else []
    return [*about, *(others.where(Delivery.endpoint == endpoint.id) for endpoint in endpoints)]


def _without_dealer_index(dealer: Dealer) -> DeliveryQuery:
    """Select the dealer's deliveries without an index on the dealer.

    Keeps SQLite from scanning all of them when an index on ids leaves only a few.
    """
    return Delivery.select().where(Delivery.dealer.concat("") == dealer.id)


def _with_ids_and_responses(query: DeliveryQuery, parsed: ParsedQuery) -> DeliveryQuery:
    for row_id in parsed.ids:
        query = query.where(_has_id(row_id))
    for status in parsed.statuses:
        query = query.where(Delivery.last_status == status, Delivery.last_error.is_null())
    return query.where(Delivery.last_error.in_(sorted(parsed.errors))) if parsed.errors else query


def _apply_filters(query: DeliveryQuery, filters: Filters) -> DeliveryQuery:
    for name, column in (("state", Delivery.state), ("endpoint", Delivery.endpoint)):
        if value := filters.get(name):
            query = query.where(column == value)
    if resource := filters.get("resource"):
        query = query.where(_has_id(resource))
    if mode := filters.get("mode"):
        query = query.where(Delivery.is_test == int(mode == "test"))
    if pattern := filters.get("event"):
        query = query.where(matches(Delivery.event_type, pattern))
    return created_between(query, Delivery.created_at, filters)


def _has_id(row_id: str) -> Any:
    """Match the id of a delivery, event, endpoint or object, by its prefix."""
    columns = {"dlv": Delivery.id, "evt": Delivery.event_id, "we": Delivery.endpoint}
    return columns.get(row_id.partition("_")[0], Delivery.resource_id) == row_id
