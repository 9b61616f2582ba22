"""Elastic thread pool: a slow receiver costs a thread, but nobody's turn.

At most `permits` attempts work at a time. One that has run for HAND_OFF_SECONDS waits for its receiver: it hands its
permit to the next attempt, as Go's scheduler hands off a processor that is blocked in a system call.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from models.delivery.attempt_request import AttemptRequest

HAND_OFF_SECONDS = 0.05
IDLE_SECONDS = 10.0  # an idle thread above the number of permits ends after this time
PLACES_PER_PERMIT = 8  # working and queued attempts: enough for large claims, few enough to start soon
LOW_PER_PERMIT = 4  # when so few are queued, it is time for the next claim

log = logging.getLogger("wth.deliveries")


class AttemptPool:
    """Runs attempts in threads of its own, in the order of `submit`."""

    def __init__(self, permits: int, run: Callable[[AttemptRequest], None], on_low: Callable[[], None]) -> None:
        self._permits, self._run, self._on_low = permits, run, on_low
        self._changed = threading.Condition()
        self._queue: deque[AttemptRequest] = deque()
        self._working: dict[int, float] = {}  # start time by number, oldest first; without those handed off
        self._number = 0
        self._thread_count = 0
        self._idle_count = 0
        self._is_stopping = False
        self._has_queued = threading.Event()
        self._monitor: threading.Thread | None = None

    def submit(
        self, requests: Sequence[AttemptRequest], urgent: Sequence[AttemptRequest] = ()
    ) -> Sequence[AttemptRequest]:
        """Queue attempts; the urgent ones start first.

        Returns those that will not start, because the pool is stopping.
        """
        with self._changed:
            if self._is_stopping:
                return [*urgent, *requests]
            self._queue.extendleft(reversed(urgent))
            self._queue.extend(requests)
            self._start_next()
            self._start_monitor()
            return ()

    def count_places(self) -> int:
        """Count the attempts that can be submitted and will start soon."""
        with self._changed:
            self._release_blocked()
            return self._permits * PLACES_PER_PERMIT - len(self._queue) - len(self._working)

    def is_busy(self) -> bool:
        """Return True if more than half of the permits are in use."""
        with self._changed:
            self._release_blocked()
            return len(self._queue) + len(self._working) > self._permits // 2

    def hand_off(self) -> float | None:
        """Release the permits of attempts that run for long.

        Returns the seconds until the next one is due while attempts are queued, else None. A thread of the pool calls
        it, because a claim may wait for the database.
        """
        with self._changed:
            self._release_blocked()
            self._start_next()
            if not self._queue:
                return None
            oldest_at = next(iter(self._working.values()), time.monotonic())
            return oldest_at + HAND_OFF_SECONDS - time.monotonic()

    def stop(self) -> list[AttemptRequest]:
        """Start no more attempts. Returns those that were queued."""
        with self._changed:
            self._is_stopping = True
            unstarted = list(self._queue)
            self._queue.clear()
            self._changed.notify_all()
            self._has_queued.set()
            return unstarted

    def wait(self, deadline: float) -> bool:
        """Wait for running attempts; return False if some still run at the deadline.

        `deadline` is a time of the monotonic clock (s).
        """
        with self._changed:
            return self._changed.wait_for(lambda: not self._thread_count, max(0.0, deadline - time.monotonic()))

    def _release_blocked(self) -> None:
        limit = time.monotonic() - HAND_OFF_SECONDS
        for number in [number for number, started_at in self._working.items() if started_at <= limit]:
            del self._working[number]

    def _start_monitor(self) -> None:
        self._has_queued.set()
        if self._monitor is None:
            self._monitor = threading.Thread(target=self._hand_off_while_queued, name="hand-off", daemon=True)
            self._monitor.start()

    def _hand_off_while_queued(self) -> None:
        while not self._is_stopping:
            self._has_queued.wait()
            self._has_queued.clear()
            while (seconds := self.hand_off()) is not None:
                time.sleep(max(0.0, seconds))

    def _start_next(self) -> None:
        startable = min(len(self._queue), self._permits - len(self._working))
        self._changed.notify(min(startable, self._idle_count))
        for _ in range(startable - self._idle_count):
            try:
                threading.Thread(target=self._work, name="attempt", daemon=True).start()
            except RuntimeError as error:  # the system's limit of threads
                log.warning("Attempts wait for a thread that is running.", extra={"error": str(error)})
                return
            self._thread_count += 1

    def _work(self) -> None:
        number: int | None = None
        while (taken := self._take(number)) is not None:
            number, request = taken
            try:
                self._run(request)
            except Exception:
                log.exception("Attempt failed; its lease expires.", extra={"delivery_id": request.delivery_id})

    def _take(self, finished: int | None) -> tuple[int, AttemptRequest] | None:
        """Take the next attempt when there is a permit; None ends the thread."""
        with self._changed:
            self._working.pop(finished or 0, None)
            while self._is_stopping or not (self._queue and len(self._working) < self._permits):
                if self._is_stopping or not (self._wait_idle() or self._queue):
                    self._thread_count -= 1
                    self._changed.notify_all()
                    return None
            self._number += 1
            self._working[self._number] = time.monotonic()
            is_low = len(self._queue) == self._permits * LOW_PER_PERMIT
            taken = self._number, self._queue.popleft()
        if is_low:
            self._on_low()
        return taken

    def _wait_idle(self) -> bool:
        """Wait for work. Returns False if this thread is superfluous."""
        self._idle_count += 1
        is_notified = self._changed.wait(IDLE_SECONDS)
        self._idle_count -= 1
        return is_notified or self._idle_count < self._permits
