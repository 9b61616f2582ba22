"""Search of the API request log.

The log is stored in batches, so a search decodes the newest requests of its period and filters them. Their number is
limited, which bounds the time of a page. IDs of requests, events and deliveries are looked up directly.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from operator import attrgetter
from typing import Any

import peewee

from models.dealer import Actor
from models.request_log.logged_request import LONGEST_MS, LoggedRequest
from models.request_log.request_batch import RequestBatch, fetch_plain, first_id
from models.search.events import search_events
from models.search.pagination import ROWS_PER_PAGE, Filters, ResultPage, clamp_page, search_terms

MAX_SEARCHED = 10_000
MAX_EVENTS = 20  # about one object, whose requests are looked up
STATUS = re.compile(r"[1-5]\d\d", re.ASCII)
ID = re.compile(r"(req|evt|dlv|inv|ord|cus)_\w+", re.ASCII)
ERRORS = "errors"  # a filter for statuses from 400
OF_ERRORS = (ERRORS, "4xx", "5xx")

Predicate = Callable[[LoggedRequest], bool]


@dataclass(frozen=True)
class RequestPage(ResultPage):
    """One page of requests, newest first.

    `searched_since` is the time (ms) of the oldest request that was searched, None if all of the period were.
    """

    searched_since: int | None = None


def search_requests(actor: Actor, filters: Filters, page: int = 1) -> RequestPage:
    """Return one page of a mode's newest MAX_SEARCHED requests, newest first.

    Filters: `q` (IDs of requests, events, deliveries and objects, statuses, parts of a path, operation, error code, key
    or address), `status` (`2xx` to `5xx`, `errors`), `method`, `operation`, `since`, `until`
    (ms, inclusive). With a status of errors, the newest errors are searched.
    """
    causes = {term: _find_causes(actor, term) for term in search_terms(filters) if ID.fullmatch(term)}
    newest, searched_since = _read_newest(actor, filters)
    requests = newest + [request for request in _look_up(actor, causes) if request not in newest]
    tests = [*_list_predicates(filters), *(_is_about(term, request_ids) for term, request_ids in causes.items())]
    found = [request for request in requests if all(test(request) for test in tests)]
    found.sort(key=attrgetter("created_at", "batch_id", "position"), reverse=True)
    page = clamp_page(len(found), page)
    rows = found[(page - 1) * ROWS_PER_PAGE : page * ROWS_PER_PAGE]
    return RequestPage(rows, len(found), page, searched_since=searched_since)


def _find_causes(actor: Actor, row_id: str) -> set[str]:
    """Return the IDs of the requests that an ID stands for.

    They are the request itself, or those that caused an event, a delivery or the newest events about an object.
    """
    if row_id.startswith("req_"):
        return {row_id}
    events = search_events(actor, {"resource": row_id}).rows[:MAX_EVENTS]
    return {event.request_id for event in events if event.request_id}


def _look_up(actor: Actor, causes: Mapping[str, set[str]]) -> Iterator[LoggedRequest]:
    """Find these requests, however old."""
    for request_id in set().union(*causes.values()):
        request = LoggedRequest.find_first(actor, request_id)
        if request is not None:
            yield request


def _read_newest(actor: Actor, filters: Filters) -> tuple[list[LoggedRequest], int | None]:
    """Read the newest batches of the period, which have MAX_SEARCHED requests.

    Returns the requests, and the time (ms) of the oldest one if there are more.
    """
    counts = _list_counts(actor, filters)
    totals = accumulate(count for _, count, _ in counts)
    batches = next((number for number, total in enumerate(totals, 1) if total >= MAX_SEARCHED), len(counts))
    if not counts:
        return [], None
    oldest_id = counts[batches - 1][0]
    requests = list(LoggedRequest.list_batches(_period(actor, filters).where(RequestBatch.id >= oldest_id)))
    return requests, counts[batches - 1][2] if batches < len(counts) or len(counts) >= MAX_SEARCHED else None


def _list_counts(actor: Actor, filters: Filters) -> list[tuple[Any, ...]]:
    """List the newest batches: ID, number of requests, and time."""
    query = _period(actor, filters).select(RequestBatch.id, RequestBatch.request_count, RequestBatch.first_at)
    return fetch_plain(query.order_by(RequestBatch.id.desc()).limit(MAX_SEARCHED))


def _period(actor: Actor, filters: Filters) -> "peewee.ModelSelect[RequestBatch]":
    query = RequestBatch.of(actor)
    if since := filters.get("since"):
        query = query.where(RequestBatch.id >= first_id(since), RequestBatch.last_at >= since)
    if until := filters.get("until"):
        query = query.where(RequestBatch.id <= first_id(until + LONGEST_MS), RequestBatch.first_at <= until)
    return query.where(peewee.SQL("is_error")) if filters.get("status") in OF_ERRORS else query


def _list_predicates(filters: Filters) -> Iterator[Predicate]:
    if (status := filters.get("status")) == ERRORS:
        yield lambda request: request.is_error
    elif status:
        yield lambda request: str(request.status)[0] == status[0]
    for name in ("method", "operation"):
        if value := filters.get(name):
            yield _has_value(name, value)
    if since := filters.get("since"):
        yield lambda request: request.created_at >= since
    if until := filters.get("until"):
        yield lambda request: request.created_at <= until
    for term in search_terms(filters):
        if not ID.fullmatch(term):
            yield _has_value("status", int(term)) if STATUS.fullmatch(term) else _contains(term.casefold())


def _is_about(term: str, request_ids: set[str]) -> Predicate:
    return lambda request: request.request_id in request_ids or term in request.path


def _has_value(name: str, value: Any) -> Predicate:
    return lambda request: getattr(request, name) == value


def _contains(term: str) -> Predicate:
    def contains(request: LoggedRequest) -> bool:
        texts = (request.path, request.operation, request.error_code, request.key_prefix, request.address)
        return any(term in text.casefold() for text in texts if text)

    return contains
