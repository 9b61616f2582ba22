"""One numbered page of a search with its count, and the words that people search for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import peewee

ROWS_PER_PAGE = 50
MAX_COUNTED = 10_000  # nobody turns further pages, and counting a million rows takes longer than the page may

Filters = Mapping[str, Any]


@dataclass(frozen=True)
class ResultPage:
    """One page of a search; pages count from 1. With `has_more` there are more than `count`, and no page shows them."""

    rows: Sequence[Any]
    count: int
    page: int
    per_page: int = ROWS_PER_PAGE
    has_more: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.count // self.per_page))

    @property
    def first(self) -> int:
        return (self.page - 1) * self.per_page + 1 if self.count else 0

    @property
    def last(self) -> int:
        return min(self.page * self.per_page, self.count)


def paginate(query: "peewee.ModelSelect[Any]", page: int) -> ResultPage:
    count = count_rows(query)
    page = clamp_page(count, page)
    return result_page(list(query.paginate(page, ROWS_PER_PAGE)), count, page)


def result_page(rows: Sequence[Any], count: int, page: int) -> ResultPage:
    return ResultPage(rows, min(count, MAX_COUNTED), page, has_more=count > MAX_COUNTED)


def count_rows(query: "peewee.ModelSelect[Any]") -> int:
    """One more than the most means that there are more."""
    return int(query.limit(MAX_COUNTED + 1).count())


def clamp_page(count: int, page: int) -> int:
    return max(1, min(page, -(-min(count, MAX_COUNTED) // ROWS_PER_PAGE)))


def search_terms(filters: Filters) -> list[str]:
    return str(filters.get("q") or "").split()[:8]


def contains(word: str, *columns: Any) -> Any:
    return reduce(or_, (column.contains(word) for column in columns))


def created_between(query: "peewee.ModelSelect[Any]", column: Any, filters: Filters) -> "peewee.ModelSelect[Any]":
    """Filters: `since`, `until` (ms)."""
    if since := filters.get("since"):
        query = query.where(column >= since)
    if until := filters.get("until"):
        query = query.where(column <= until)
    return query
