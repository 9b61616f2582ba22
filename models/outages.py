"""Outages of a dependency: a log with few lines, and a circuit breaker."""

import logging
import threading
import time
from collections.abc import Callable

FIRST_INTERVAL_SECONDS = 1.0
LONGEST_INTERVAL_SECONDS = 64.0

monotonic: Callable[[], float] = time.monotonic  # tests replace it


class OutageLog:
    """Logs an outage at its start, then at growing intervals, then at its end.

    `name` is the dependency, `consequence` what happens meanwhile, as in "Queue is unavailable; the sweep sends what is
    due." An outage that begins within a minute of the last one continues its intervals, so that a dependency that
    fails now and then does not fill the log either.
    """

    def __init__(self, log: logging.Logger, name: str, consequence: str) -> None:
        self._log = log
        self._name = name
        self._consequence = consequence
        self._lock = threading.Lock()
        self._failures = 0  # since the last success
        self._started_at = self._failed_at = self._next_line_at = float("-inf")
        self._interval = FIRST_INTERVAL_SECONDS
        self._has_open_line = False  # the last line says that the dependency is unavailable

    def record_failure(self, error: object) -> None:
        """Count a failed use, and log `error` if a line is due."""
        with self._lock:
            at = monotonic()
            self._failures += 1
            if self._failures == 1:
                self._started_at = at
                if at - self._failed_at > LONGEST_INTERVAL_SECONDS:
                    self._interval, self._next_line_at = FIRST_INTERVAL_SECONDS, at
            self._failed_at = at
            if at >= self._next_line_at:
                self._next_line_at, self._interval = (
                    at + self._interval,
                    min(2 * self._interval, LONGEST_INTERVAL_SECONDS),
                )
                self._write_failure(at, error)

    def record_success(self) -> None:
        """End the outage, if there is one. Costs next to nothing otherwise."""
        if not self._failures:
            return
        with self._lock:
            failures, self._failures = self._failures, 0
            if failures and self._has_open_line:
                self._has_open_line = False
                seconds = monotonic() - self._started_at
                self._log.warning("%s is available again. seconds=%d failures=%d", self._name, seconds, failures)

    def _write_failure(self, at: float, error: object) -> None:
        reason = " ".join(str(error).split())
        if self._has_open_line:
            self._log.warning(
                "%s is still unavailable. seconds=%d failures=%d error=%s",
                self._name,
                at - self._started_at,
                self._failures,
                reason,
            )
        else:
            self._log.warning("%s is unavailable; %s error=%s", self._name, self._consequence, reason)
        self._has_open_line = True


class CircuitBreaker:
    """Skips a dependency for `seconds` after a failure; then one caller probes it.

    The probe of that caller closes the circuit, or opens it for the same time.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._opens_until: float | None = None

    def allows(self) -> bool:
        """Return True if the caller may use the dependency."""
        if self._opens_until is None:
            return True
        with self._lock:
            at = monotonic()
            if self._opens_until is not None and at < self._opens_until:
                return False
            self._opens_until = at + self._seconds  # half-open: the others wait for this caller's result
            return True

    def open(self) -> None:
        """Skip the dependency from now on."""
        with self._lock:
            self._opens_until = monotonic() + self._seconds

    def close(self) -> None:
        """Use the dependency again."""
        self._opens_until = None
