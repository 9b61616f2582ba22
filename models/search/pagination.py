"""Numbered result pages of the dashboard's searches, with a capped count."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import peewee

from models.compared_text import contains_text

ROWS_PER_PAGE = 50
MAX_COUNTED = 10_000  # counting a million rows takes longer than a page may, and nobody browses that far
MAX_TERMS = 8

Filters = Mapping[str, Any]


@dataclass(frozen=True)
class ResultPage:
    """One page of results, numbered from 1.

    `count` is capped at MAX_COUNTED; `has_more` means the real total is higher and rows past the cap are not reachable.
    """

    rows: Sequence[Any]
    count: int
    page: int
    per_page: int = ROWS_PER_PAGE
    has_more: bool = False

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.count // self.per_page))

    @property
    def first(self) -> int:
        """Number of the first row on this page, 0 without results."""
        return (self.page - 1) * self.per_page + 1 if self.count else 0

    @property
    def last(self) -> int:
        """Number of the last row on this page."""
        return min(self.page * self.per_page, self.count)


def paginate(query: "peewee.ModelSelect[Any]", page: int) -> ResultPage:
    """Return one page of a sorted query; a page past the end becomes the last one."""
    count = count_rows(query)
    page = clamp_page(count, page)
    return result_page(list(query.paginate(page, ROWS_PER_PAGE)), count, page)


def paginate_merged(
    queries: "Sequence[peewee.ModelSelect[Any]]", page: int, *, order: Sequence[Any], rows: "peewee.ModelSelect[Any]"
) -> ResultPage:
    """Return one page of the rows of several queries without common rows.

    The page is sorted by the columns `order`, descending, of which the last one identifies a row among `rows`. Each
    query reads its index in this order, while a single query would have to sort.
    """
    count = count_merged(queries)
    page = clamp_page(count, page)
    if not count:
        return result_page([], 0, page)
    newest = [_newest(query, order, page * ROWS_PER_PAGE, f"part_{number}") for number, query in enumerate(queries)]
    merged = reduce(lambda left, right: left.union_all(right), newest).alias("merged")
    names = [column.column_name for column in order]
    by = [getattr(merged.c, name).desc() for name in names]
    keys = peewee.Select([merged], [getattr(merged.c, names[-1])]).order_by(*by).paginate(page, ROWS_PER_PAGE)
    query = rows.where(order[-1].in_(keys)).order_by(*(column.desc() for column in order))
    return result_page(list(query), count, page)


def _newest(query: "peewee.ModelSelect[Any]", order: Sequence[Any], count: int, alias: str) -> Any:
    part = query.select(*order).order_by(*(column.desc() for column in order)).limit(count).alias(alias)
    return peewee.Select([part], [getattr(part.c, column.column_name) for column in order])


def count_merged(queries: "Sequence[peewee.ModelSelect[Any]]") -> int:
    """Count the rows of several queries, up to MAX_COUNTED + 1.

    The maximum stands for more.
    """
    count = 0
    for query in queries:
        count += int(query.limit(MAX_COUNTED + 1 - count).count())
        if count > MAX_COUNTED:
            break
    return count


def result_page(rows: Sequence[Any], count: int, page: int) -> ResultPage:
    """Build a page from its rows and the result of `count_rows`."""
    return ResultPage(rows, min(count, MAX_COUNTED), page, has_more=count > MAX_COUNTED)


def count_rows(query: "peewee.ModelSelect[Any]") -> int:
    """Count the rows of a query, up to MAX_COUNTED + 1, which stands for more."""
    return count_merged([query])


def clamp_page(count: int, page: int) -> int:
    """Return the nearest page number that exists."""
    return max(1, min(page, -(-min(count, MAX_COUNTED) // ROWS_PER_PAGE)))


def search_terms(filters: Filters) -> list[str]:
    """Split the search box `q` into terms; all of them have to match."""
    return str(filters.get("q") or "").split()[:MAX_TERMS]


def contains(term: str, *columns: Any) -> Any:
    """Match rows that contain the term in any of the search texts, in any case."""
    return reduce(or_, (contains_text(column, term) for column in columns))


def created_between(query: "peewee.ModelSelect[Any]", column: Any, filters: Filters) -> "peewee.ModelSelect[Any]":
    """Apply the filters `since` and `until` (ms, inclusive)."""
    if since := filters.get("since"):
        query = query.where(column >= since)
    if until := filters.get("until"):
        query = query.where(column <= until)
    return query
