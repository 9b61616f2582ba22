"""Dispatcher: claims due deliveries in fair order for the attempt pool.

It claims no more than can start soon.

It learns of due deliveries from wake-up messages, from recorded results, and from a sweep every second, which alone
would be enough: neither a lost queue nor a dead worker loses a delivery.
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from queue import SimpleQueue

import config
from models.database import DatabaseUnavailable, connection
from models.delivery import claims
from models.delivery.attempt_request import AttemptRequest
from models.delivery.results import AttemptResult
from tasks.attempt_pool import AttemptPool
from tasks.attempts import make_attempt
from tasks.heartbeat import heartbeat
from tasks.held_claims import HeldClaims
from tasks.in_flight import IN_FLIGHT_PER_THREAD, InFlight, ProbeBudget, ProcessAllowance
from tasks.ready_queue import ReadyQueue
from tasks.result_recorder import recorder

SWEEP_SECONDS = 1.0
PAUSE_SECONDS = 0.5
QUANTUM = 16  # deliveries of one dealer per claim
MAX_NEW_DEALERS = 16  # per claim, so that its transaction stays short
MAX_OLD_DEALERS = 48
MAX_PROBES = 8  # per claim

log = logging.getLogger("wth.deliveries")


class Dispatcher:
    """Claims and starts deliveries of one worker process."""

    def __init__(self, threads: int) -> None:
        self._ready = ReadyQueue()
        self._budget = ProbeBudget()
        self._signal = threading.Event()
        self._unsent: SimpleQueue[AttemptRequest] = SimpleQueue()  # claimed, and to be released
        self._held = HeldClaims()
        self._may_have_unknown_claims = False
        self._sweep_at = 0.0
        self._mean_claimed = float(QUANTUM)  # recently, of one dealer
        self.resize(threads)

    def resize(self, threads: int) -> None:
        """Set the number of threads; call it before `run`."""
        self._threads = threads
        self._in_flight = InFlight(threads * IN_FLIGHT_PER_THREAD)
        self._pool = AttemptPool(threads, self.run_attempt, self._signal_low)

    # Sources of due deliveries; each may be called from any thread

    def wake(self, dealer_id: str) -> None:
        """Note that a dealer has due deliveries."""
        self._ready.add_dealers([dealer_id])
        self._signal.set()

    def note_results(self, results: Sequence[AttemptResult]) -> None:
        """Note recorded results: they free slots and unblock successors.

        After a failure, the endpoint is probed last among the failing ones.
        """
        self._held.discard(result.request for result in results)
        failing = {result.request.endpoint_id for result in results if not result.is_success}
        self._ready.add_failing(failing)
        self._ready.add_dealers({result.request.dealer_id for result in results})
        self._signal.set()

    def sweep(self) -> None:
        """Find the due deliveries of all dealers."""
        with connection():
            due = claims.find_endpoints_with_due()
        self._ready.add_dealers(dict.fromkeys(endpoint.dealer_id for endpoint in due if not endpoint.is_failing))
        self._ready.add_failing(endpoint.id for endpoint in due if endpoint.is_failing)

    def sweep_soon(self) -> None:
        self._sweep_at = 0.0
        self._signal.set()

    # Claims

    def claim(self, start: Callable[[list[AttemptRequest]], None]) -> int:
        """Claim deliveries that can start soon, and pass them to `start`.

        First those of healthy endpoints, then half-open probes of failing ones. Returns their number.
        """
        places = self._pool.count_places()
        if places < self._threads or not (heartbeat.is_fresh() and recorder.has_capacity()):
            return 0
        count = 0
        while self._ready.has_dealers() and not count:
            count = self._start(self._claim_for_dealers(places), start)
        self._budget.earn(count)
        return count + self._start(self._claim_probes(places - count), start)

    def _start(self, requests: list[AttemptRequest], start: Callable[[list[AttemptRequest]], None]) -> int:
        """Count the requests as in flight and start them; release them if that fails."""
        self._held.add(requests)
        for request in requests:
            self._in_flight.change(request, 1)
        try:
            if requests:
                start(requests)
        except Exception:
            for request in requests:
                self._give_back(request)
            raise
        return len(requests)

    def _claim_for_dealers(self, places: int) -> list[AttemptRequest]:
        old = min(MAX_OLD_DEALERS, int(places / max(1.0, self._mean_claimed)))
        dealer_ids = self._ready.take_dealers(MAX_NEW_DEALERS, max(1, old))
        quantum = max(QUANTUM, places // max(1, len(dealer_ids)))
        allowance = ProcessAllowance(self._in_flight, places, quantum, heartbeat.worker_id)
        with connection():
            requests = claims.claim_for_dealers(dealer_ids, allowance)
        self._ready.return_dealers(dealer_ids, allowance.backlogged, allowance.cut_off)
        self._ready.return_turns(dealer_id for dealer_id in dealer_ids if dealer_id in allowance.unserved)
        self._mean_claimed = (self._mean_claimed + len(requests) / max(1, len(dealer_ids))) / 2
        return requests

    def _claim_probes(self, places: int) -> list[AttemptRequest]:
        is_busy = self._ready.has_dealers() or self._pool.is_busy()
        probes = min(places, MAX_PROBES, self._budget.available() if is_busy else MAX_PROBES)
        endpoint_ids = self._ready.take_failing(probes)
        if not endpoint_ids:
            return []
        allowance = ProcessAllowance(self._in_flight, places, places, heartbeat.worker_id)
        with connection():
            requests = claims.claim_for_endpoints(endpoint_ids, allowance)
        self._budget.spend(len(requests))
        return requests

    # Attempts

    def run_attempt(self, request: AttemptRequest) -> None:
        """Make the attempt of a claimed delivery in this thread.

        After an unexpected error, the lease expires: an immediate repetition would probably fail too.
        """
        is_over = True
        try:
            is_over = make_attempt(request)
        finally:
            self._in_flight.change(request, -1)
            if not is_over:
                self._unsent.put(request)

    def _give_back(self, request: AttemptRequest) -> None:
        self._in_flight.change(request, -1)
        self._unsent.put(request)

    def _signal_low(self) -> None:
        if self._ready.has_dealers() or self._ready.has_failing():
            self._signal.set()

    # The thread

    def run(self, stopping: threading.Event) -> None:
        """Dispatch until the event is set."""
        while not stopping.is_set():
            try:
                self._dispatch()
            except DatabaseUnavailable:  # the outage is logged already
                self._may_have_unknown_claims = True
                stopping.wait(PAUSE_SECONDS)
            except Exception:
                log.exception("Dispatch failed; it runs again in half a second.")
                stopping.wait(PAUSE_SECONDS)

    def _dispatch(self) -> None:
        self._release_unsent()
        self._release_unknown()
        if time.monotonic() >= self._sweep_at:
            self._sweep_at = time.monotonic() + SWEEP_SECONDS
            self.sweep()
        if self.claim(self._submit):
            return
        self._signal.wait(max(0.0, self._sweep_at - time.monotonic()))
        self._signal.clear()

    def _submit(self, requests: list[AttemptRequest]) -> None:
        """Let dealers without a backlog precede the others, and failing endpoints follow."""
        urgent = [request for request in requests if self._is_urgent(request)]
        others = [request for request in requests if not self._is_urgent(request)]
        for request in self._pool.submit(others, urgent):
            self._give_back(request)

    def _is_urgent(self, request: AttemptRequest) -> bool:
        return not (request.is_failing or self._ready.is_backlogged(request.dealer_id))

    def stop(self, deadline: float) -> bool:
        """Release what has not started, and wait for the rest.

        `deadline` is a time of the monotonic clock (s). Returns True if this worker holds no more claims, apart from
        unwritten results.
        """
        for request in self._pool.stop():
            self._give_back(request)
        is_idle = self._pool.wait(deadline)
        try:
            self._release_unsent()
        except DatabaseUnavailable:
            return False
        return is_idle

    def _release_unsent(self) -> None:
        """Return claims that were not sent, as when the database was unavailable."""
        requests = [self._unsent.get() for _ in range(self._unsent.qsize())]
        if not requests:
            return
        try:
            with connection():
                claims.release(requests)
        except DatabaseUnavailable:
            for request in requests:
                self._unsent.put(request)
            raise
        self._held.discard(requests)

    def _release_unknown(self) -> None:
        """After an outage, return claims that were committed while the connection ended."""
        if self._may_have_unknown_claims:
            with connection():
                claims.release_unknown(heartbeat.worker_id, self._held.copy())
            self._may_have_unknown_claims = False


dispatcher = Dispatcher(config.WORKER_THREADS)
