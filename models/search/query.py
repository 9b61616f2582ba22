"""Parser for the search box of the delivery log and the event stream.

Each search term is classified first (ID, event type, status code, error class, name), so that a search reads an index
and never matches with LIKE against the log itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

from models.delivery.event_types import EVENT_TYPES
from models.search.pagination import Filters, search_terms
from webhooks.failure import ErrorClass

ERROR_CLASSES: tuple[str, ...] = get_args(ErrorClass)
ID = re.compile(r"(dlv|evt|inv|ord|cus|we)_\w+", re.ASCII)
STATUS = re.compile(r"[2-5]\d\d", re.ASCII)


@dataclass(frozen=True)
class ParsedQuery:
    """The terms of a search by kind.

    `types` are the event types that match all terms and the `event` filter, None if neither restricts them.
    `names` are the remaining terms: names of watches, orders, customers and endpoints.
    """

    ids: Sequence[str]
    types: Sequence[str] | None
    statuses: Sequence[int]
    errors: frozenset[str]
    names: Sequence[str]


def parse_query(filters: Filters, *, has_responses: bool = True) -> ParsedQuery:
    """Classify the terms of `q` and the `event` filter.

    Without `has_responses`, as for events, status codes and error classes count as names.
    """
    terms = search_terms(filters)
    ids = [term for term in terms if ID.fullmatch(term)]
    type_terms = [term for term in terms if _matching_types(term)]
    statuses = [term for term in terms if has_responses and STATUS.fullmatch(term)]
    error_terms = [term for term in terms if has_responses and _matching_errors(term)]
    names = [term for term in terms if term not in (*ids, *type_terms, *statuses, *error_terms)]
    patterns = [pattern for pattern in (filters.get("event"), *type_terms) if pattern]
    return ParsedQuery(
        ids=ids,
        types=_types_matching_all(patterns) if patterns else None,
        statuses=[int(status) for status in statuses],
        errors=frozenset(error for term in error_terms for error in _matching_errors(term)),
        names=names,
    )


def _types_matching_all(patterns: Sequence[str]) -> list[str]:
    matches = [_matching_types(pattern) for pattern in patterns]
    return [event_type for event_type in EVENT_TYPES if all(event_type in types for types in matches)]


def _matching_types(term: str) -> set[str]:
    """Return the event types of a term.

    `order` and `order.*` match all order events, `sold` matches `listing.sold`.
    """
    name = term.lower().removesuffix(".*")
    return {event_type for event_type in EVENT_TYPES if name in ("*", event_type, *event_type.split("."))}


def _matching_errors(term: str) -> set[str]:
    """Return the error classes of a term: `blocked` matches `blocked_address`."""
    return {error for error in ERROR_CLASSES if term.lower() in (error, *error.split("_"))}
