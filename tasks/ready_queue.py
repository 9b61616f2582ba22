"""Fair order of dealers with due deliveries.

Like the new and old flows of FQ-CoDel (RFC 8290): a dealer with little to send precedes those with a backlog, and
those with a backlog take turns.
"""

import threading
from collections.abc import Iterable
from itertools import islice


class ReadyQueue:
    """Dealers and failing endpoints that may have due deliveries, each at most once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._new: dict[str, None] = {}  # dicts are ordered sets
        self._old: dict[str, None] = {}
        self._failing: dict[str, None] = {}
        self._backlogged: set[str] = set()

    def add_dealers(self, dealer_ids: Iterable[str]) -> None:
        with self._lock:
            for dealer_id in dealer_ids:
                if dealer_id not in self._old:
                    (self._old if dealer_id in self._backlogged else self._new)[dealer_id] = None

    def add_failing(self, endpoint_ids: Iterable[str]) -> None:
        """Append failing endpoints; the first one is probed first."""
        with self._lock:
            for endpoint_id in endpoint_ids:
                self._failing.setdefault(endpoint_id)

    def take_dealers(self, new: int, old: int) -> list[str]:
        """Take the next dealers: those without a backlog, then those whose turn it is."""
        with self._lock:
            return [*_take(self._new, new), *_take(self._old, old)]

    def take_failing(self, count: int) -> list[str]:
        with self._lock:
            return _take(self._failing, count)

    def return_dealers(self, dealer_ids: Iterable[str], backlogged: set[str], cut_off: set[str]) -> None:
        """Note what a claim found; dealers that were cut off get another turn later."""
        with self._lock:
            for dealer_id in dealer_ids:
                (self._backlogged.add if dealer_id in backlogged else self._backlogged.discard)(dealer_id)
                if dealer_id in cut_off:
                    self._new.pop(dealer_id, None)
                    self._old[dealer_id] = None

    def return_turns(self, dealer_ids: Iterable[str]) -> None:
        """Let dealers that got nothing, because a claim was full, go first."""
        with self._lock:
            first = dict.fromkeys(dealer_ids)
            self._old = {**first, **{dealer_id: None for dealer_id in self._old if dealer_id not in first}}

    def is_backlogged(self, dealer_id: str) -> bool:
        return dealer_id in self._backlogged

    def has_dealers(self) -> bool:
        return bool(self._new or self._old)

    def has_failing(self) -> bool:
        return bool(self._failing)


def _take(items: dict[str, None], count: int) -> list[str]:
    taken = list(islice(items, count))
    for item in taken:
        del items[item]
    return taken
