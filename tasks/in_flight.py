"""Shares of a worker: limits per dealer, and for slow and failing endpoints.

Blocked requests cost a thread each and no CPU time, so a worker may have many. No dealer can use them all: its share is
a part of what is still free, so it shrinks as others need more (dynamic threshold, as in shared-memory switches).
"""

import threading
import time
from collections import Counter

from models.clock import now
from models.delivery.attempt_request import AttemptRequest
from models.delivery.claims import Allowance, OpenEndpoint

IN_FLIGHT_PER_THREAD = 32
CROWDED_SHARE = 0.125  # above it, only an endpoint that succeeds gets more than one: hundreds may have begun to hang
DEALER_SHARE = 0.25  # of the free requests
UNPROVEN_SHARE = 0.75  # endpoints without a recent fast success; the rest is reserved for proven ones
FAILING_SHARE = 0.25


class InFlight:
    """Counts the requests in flight of this process."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._lock = threading.Lock()
        self._by_dealer: Counter[str] = Counter()
        self._by_standing: Counter[tuple[bool, bool]] = Counter()  # (is_proven, is_failing)
        self._count = 0
        self._crowded_since: int | None = None  # ms

    def change(self, item: OpenEndpoint | AttemptRequest, by: int) -> None:
        """Add claimed requests, or remove finished ones with a negative number."""
        with self._lock:
            self._by_dealer[item.dealer_id] += by
            self._by_standing[item.is_proven, item.is_failing] += by
            self._count += by
            if not self._by_dealer[item.dealer_id]:
                del self._by_dealer[item.dealer_id]
            if self.count() <= self.limit * CROWDED_SHARE:
                self._crowded_since = None
            elif self._crowded_since is None:
                self._crowded_since = now()

    def copy(self) -> "InFlight":
        with self._lock:
            other = InFlight(self.limit)
            other._by_dealer, other._by_standing = self._by_dealer.copy(), self._by_standing.copy()
            other._count, other._crowded_since = self._count, self._crowded_since
            return other

    def count(self) -> int:
        return self._count

    def is_crowded_for(self, endpoint: OpenEndpoint) -> bool:
        """Return True if the endpoint may have only one request in flight.

        Many are in flight, and it has not succeeded since there are so many.
        """
        return self._crowded_since is not None and (endpoint.last_success_at or 0) < self._crowded_since

    def capacity(self, endpoint: OpenEndpoint) -> int:
        """Return how many more requests may start for an endpoint."""
        free = self.limit - self.count()
        limits = [int(max(1, free * DEALER_SHARE)) - self._by_dealer[endpoint.dealer_id], free]
        if not endpoint.is_proven:
            limits.append(int(self.limit * UNPROVEN_SHARE) - self.count() + self._by_standing[True, False])
        if endpoint.is_failing:
            limits.append(int(self.limit * FAILING_SHARE) - self._by_standing[False, True])
        return max(0, min(limits))


class ProcessAllowance(Allowance):
    """Allowance for one claim: `places` in total, `quantum` per dealer.

    Afterwards, `cut_off` has the dealers that were due more, `unserved` those of them that got nothing, and
    `backlogged` the dealers with more due deliveries.
    """

    def __init__(self, in_flight: InFlight, places: int, quantum: int, worker_id: str | None) -> None:
        self._in_flight, self._places, self._quantum, self.worker_id = in_flight.copy(), places, quantum, worker_id
        self._by_dealer: Counter[str] = Counter()
        self.cut_off: set[str] = set()
        self.backlogged: set[str] = set()

    def is_crowded_for(self, endpoint: OpenEndpoint) -> bool:
        return self._in_flight.is_crowded_for(endpoint)

    @property
    def unserved(self) -> set[str]:
        return {dealer_id for dealer_id in self.cut_off if not self._by_dealer[dealer_id]}

    def grant(self, endpoint: OpenEndpoint, free_slots: int) -> int:
        wanted = min(free_slots, endpoint.ready)
        left = min(self._places - self._by_dealer.total(), self._quantum - self._by_dealer[endpoint.dealer_id])
        capacity = self._in_flight.capacity(endpoint)
        granted = max(0, min(wanted, left, capacity))
        self._by_dealer[endpoint.dealer_id] += granted
        self._in_flight.change(endpoint, granted)
        if left < min(wanted, capacity):  # a dealer without capacity must wait for results, not for its turn
            self.cut_off.add(endpoint.dealer_id)
        if granted < endpoint.ready:
            self.backlogged.add(endpoint.dealer_id)
        return granted


class ProbeBudget:
    """Limits half-open probes to a small share of a busy worker's attempts."""

    SHARE = 1 / 128
    PER_SECOND = 5.0
    MAX = 8.0
    BATCH = 4  # fewer are not worth a transaction

    def __init__(self) -> None:
        self._credit, self._refilled_at = self.MAX, time.monotonic()

    def earn(self, attempts: int) -> None:
        """Add credit for attempts at healthy endpoints, and for the passed time."""
        at = time.monotonic()
        earned = attempts * self.SHARE + (at - self._refilled_at) * self.PER_SECOND
        self._credit, self._refilled_at = min(self.MAX, self._credit + earned), at

    def available(self) -> int:
        return int(self._credit) if self._credit >= self.BATCH else 0

    def spend(self, probes: int) -> None:
        self._credit = max(0.0, self._credit - probes)
