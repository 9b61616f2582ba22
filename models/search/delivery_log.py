"""The searches behind the delivery log and the stream of events; with a million rows each still reads an index.

So the words of a search are not sought in every row: first it is found out what they stand for.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any, get_args

import peewee

from models.dealer import Actor, Dealer
from models.delivery.delivery import STATES, SUCCEEDED, Delivery
from models.delivery.endpoint import EVENT_TYPES, Endpoint
from models.delivery.event import Event
from models.search import pagination
from models.search.pagination import (
    ROWS_PER_PAGE,
    Filters,
    ResultPage,
    contains,
    created_between,
    paginate,
    search_terms,
)
from models.search.tables import ids_named
from webhooks.failure import ErrorClass

NEWEST_DELIVERY = (Delivery.created_at.desc(), Delivery.id.desc())
ERRORS: tuple[str, ...] = get_args(ErrorClass)
_ID = re.compile(r"(dlv|evt|inv|ord|cus|we)_\w+", re.ASCII)
_STATUS = re.compile(r"[2-5]\d\d", re.ASCII)


@dataclass(frozen=True)
class ParsedQuery:
    """What the words of a search stand for; `names` are those of watches, orders, clients and endpoints.

    `types` are the kinds of events that the words and the filter leave, None for all.
    """

    ids: Sequence[str]
    types: Sequence[str] | None
    statuses: Sequence[int]
    errors: frozenset[str]
    names: Sequence[str]


def parse_query(filters: Filters, *, with_answers: bool = True) -> ParsedQuery:
    words = search_terms(filters)
    ids = [word for word in words if _ID.fullmatch(word)]
    kinds = [word for word in words if _types_named(word)]
    statuses = [word for word in words if with_answers and _STATUS.fullmatch(word)]
    errors = [word for word in words if with_answers and _errors_named(word)]
    names = [word for word in words if word not in (*ids, *kinds, *statuses, *errors)]
    wanted = [named for named in (filters.get("event"), *kinds) if named]
    return ParsedQuery(
        ids,
        _types_of_all(wanted) if wanted else None,
        [int(status) for status in statuses],
        frozenset(one for word in errors for one in _errors_named(word)),
        names,
    )


def _types_of_all(words: Sequence[str]) -> list[str]:
    left = [_types_named(word) for word in words]
    return [one for one in EVENT_TYPES if all(one in named for named in left)]


def _types_named(word: str) -> set[str]:
    """`order` and `order.*` name all of orders, `sold` names `listing.sold`."""
    plain = word.lower().removesuffix(".*")
    return {one for one in EVENT_TYPES if plain in ("*", one, *one.split("."))}


def _errors_named(word: str) -> set[str]:
    """`blocked_address`, as a page spells it `Blocked address`."""
    return {one for one in ERRORS if word.lower() in (one, *one.split("_"))}


# deliveries


def search_deliveries(dealer: Dealer, filters: Filters, page: int = 1) -> ResultPage:
    """Filters: `q` (ids, kind of event, answer, watch, order, client, address), `state`, `event` (type or `listing.*`),
    `mode`, `endpoint`, `resource`, `since`, `until` (ms)."""
    asked = parse_query(filters)
    queries = [_answered(query, asked) for query in _parts(dealer, {**filters, "event": None}, asked)]
    if not queries:
        return ResultPage([], 0, 1)
    if len(queries) == 1:
        return paginate(queries[0].order_by(*NEWEST_DELIVERY), page)
    return _merge(queries, page)


def deliveries_matching(dealer: Dealer, filters: Filters) -> "peewee.ModelSelect[Delivery]":
    return _narrowed(_by_ids(dealer) if filters.get("resource") else Delivery.of(dealer), filters)


def deliveries_matching_unscoped(filters: Filters) -> "peewee.ModelSelect[Delivery]":
    """Of all dealers: for the hub's operator only."""
    return _narrowed(Delivery.select(), filters)


def _parts(dealer: Dealer, filters: Filters, asked: ParsedQuery) -> "list[peewee.ModelSelect[Delivery]]":
    """Searches that have no row in common, each of which reads one index in the order of the page."""
    if asked.names:
        return _of_types(_about_names(dealer, filters, asked.names), asked)
    if asked.ids or filters.get("resource"):
        return _of_types([_narrowed(_by_ids(dealer), filters)], asked)
    if (asked.statuses or asked.errors) and not filters.get("state"):
        parts = [deliveries_matching(dealer, {**filters, "state": state}) for state in _states_of(asked)]
        return _of_types(parts, asked)
    if asked.types:
        return [deliveries_matching(dealer, {**filters, "event": one}) for one in asked.types]
    return _of_types([deliveries_matching(dealer, filters)], asked)


def _of_types(
    queries: "list[peewee.ModelSelect[Delivery]]", asked: ParsedQuery
) -> "list[peewee.ModelSelect[Delivery]]":
    if asked.types is None:
        return queries
    return [query.where(Delivery.event_type.in_(list(asked.types))) for query in queries]


def _states_of(asked: ParsedQuery) -> Iterable[str]:
    """What was answered with an error, or not at all, is never among the many that succeeded."""
    is_good = not asked.errors and all(status < 300 for status in asked.statuses)
    return [SUCCEEDED] if is_good else [state for state in STATES if state != SUCCEEDED]


def _about_names(dealer: Dealer, filters: Filters, names: Sequence[str]) -> "list[peewee.ModelSelect[Delivery]]":
    """To the endpoints whose address has all the words, and about all that is named so."""
    ids = [one for is_test in (True, False) for one in ids_named(Actor(dealer, is_test, "dashboard"), names)]
    addressed = Endpoint.of(dealer).where(*[contains(word, Endpoint.url) for word in names])
    query = _narrowed(_by_ids(dealer), filters)
    others = query.where(Delivery.resource_id.not_in(ids) | Delivery.resource_id.is_null())
    about = [query.where(Delivery.resource_id.in_(ids))] if ids else []
    return [*about, *(others.where(Delivery.endpoint == endpoint.id) for endpoint in addressed)]


def _by_ids(dealer: Dealer) -> "peewee.ModelSelect[Delivery]":
    """Ids leave few rows; a dealer whom no index fits cannot tempt SQLite to walk through all that is theirs."""
    return Delivery.select().where(Delivery.dealer.concat("") == dealer.id)


def _answered(query: "peewee.ModelSelect[Delivery]", asked: ParsedQuery) -> "peewee.ModelSelect[Delivery]":
    for one in asked.ids:
        query = query.where(_about(one))
    for status in asked.statuses:
        query = query.where(Delivery.last_status == status, Delivery.last_error.is_null())
    return query.where(Delivery.last_error.in_(sorted(asked.errors))) if asked.errors else query


def _narrowed(query: "peewee.ModelSelect[Delivery]", filters: Filters) -> "peewee.ModelSelect[Delivery]":
    for name, column in (("state", Delivery.state), ("endpoint", Delivery.endpoint)):
        if value := filters.get(name):
            query = query.where(column == value)
    if resource := filters.get("resource"):
        query = query.where(_about(resource))
    if mode := filters.get("mode"):
        query = query.where(Delivery.is_test == (mode == "test"))
    if pattern := filters.get("event"):
        query = query.where(_of_type(Delivery.event_type, pattern))
    return created_between(query, Delivery.created_at, filters)


def _about(given_id: str) -> Any:
    """A delivery's id, an event's, an endpoint's, or that of what the event is about; ids say what they are of."""
    columns = {"dlv": Delivery.id, "evt": Delivery.event_id, "we": Delivery.endpoint}
    return columns.get(given_id.partition("_")[0], Delivery.resource_id) == given_id


def _of_type(column: Any, pattern: str) -> Any:
    if pattern == "*":
        return column.is_null(False)
    return column.startswith(pattern[:-1]) if pattern.endswith(".*") else column == pattern


def _merge(queries: "Sequence[peewee.ModelSelect[Delivery]]", page: int) -> ResultPage:
    """The newest of several searches: each reads its index in order, one with all of them would have to sort."""
    count = sum(pagination.count_rows(query) for query in queries)
    page = pagination.clamp_page(count, page)
    newest = [_first_ids(query, page * ROWS_PER_PAGE, f"part_{number}") for number, query in enumerate(queries)]
    merged = reduce(lambda one, other: one.union_all(other), newest).alias("merged")
    ids = peewee.Select([merged], [merged.c.id]).order_by(merged.c.created_at.desc(), merged.c.id.desc())
    query = Delivery.select().where(Delivery.id.in_(ids.paginate(page, ROWS_PER_PAGE)))
    return pagination.result_page(list(query.order_by(*NEWEST_DELIVERY)), count, page)


def _first_ids(query: "peewee.ModelSelect[Delivery]", count: int, name: str) -> Any:
    part = query.select(Delivery.id, Delivery.created_at).order_by(*NEWEST_DELIVERY).limit(count).alias(name)
    return peewee.Select([part], [part.c.id, part.c.created_at])


# events


def search_events(actor: Actor, filters: Mapping[str, Any], page: int = 1) -> ResultPage:
    """Filters: `q` (ids, kind of event, watch, order, client), `event` (type or `listing.*`), `resource` (or the
    event's own id), `origin`; newest first."""
    asked = parse_query(filters, with_answers=False)
    query = Event.kept(actor)
    for given_id in [*asked.ids, filters.get("resource")]:
        query = query.where(_told_by(given_id)) if given_id else query
    if asked.types is not None:
        query = query.where(Event.type.in_(list(asked.types)))
    if asked.names:
        query = query.where(Event.resource_id.in_(ids_named(actor, asked.names)))
    if origin := filters.get("origin"):
        query = query.where(Event.origin == origin)
    return paginate(query.order_by(Event.sequence.desc()), page)


def events_matching_unscoped(
    dealer: Dealer | None, *, is_test: bool | None, after: int | None, limit: int
) -> list[Event]:
    """Oldest first: the next ones after a sequence, else the newest. Of all dealers, for the operator, without one."""
    given: list[tuple[Any, Any]] = [(Event.dealer, dealer), (Event.is_test, is_test)]
    query = Event.select().where(*[column == value for column, value in given if value is not None], True)
    if after is not None:
        return list(query.where(Event.sequence > after).order_by(Event.created_at, Event.sequence).limit(limit))
    return list(query.order_by(Event.created_at.desc(), Event.sequence.desc()).limit(limit))[::-1]


def _told_by(given_id: str) -> Any:
    """An event's own id, that of one of its deliveries, or that of what it is about."""
    if given_id.startswith("dlv_"):
        return Event.id.in_(Delivery.select(Delivery.event_id).where(Delivery.id == given_id))
    return (Event.id if given_id.startswith("evt_") else Event.resource_id) == given_id
