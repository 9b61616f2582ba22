"""Auto-paging iterators: keyset pagination by the cursor of each page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Callable, Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list. Send `next_cursor` as `after` to continue behind it."""

    data: list[Item]
    has_more: bool
    next_cursor: str | None


class Pages(Generic[Item]):
    """All pages of a list, requested one by one while you iterate.

    Iterating yields the items. Each iteration starts again at the first page.
    """

    def __init__(self, fetch: Callable[[Mapping[str, Any]], Any], query: Mapping[str, Any]) -> None:
        self._fetch = fetch
        self._query = query

    def __iter__(self) -> Iterator[Item]:
        for page in self.pages():
            yield from page.data

    def pages(self) -> Iterator[Page[Item]]:
        """Iterate over whole pages, for example to save `next_cursor` after each."""
        query = dict(self._query)
        while True:
            body = self._fetch(query)
            page: Page[Item] = Page(body["data"], body["has_more"], body["next_cursor"])
            yield page
            if not page.has_more:
                return
            query["after"] = page.next_cursor
