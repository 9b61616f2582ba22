"""Clock monitor: repairs times in the future as soon as the clock is set back."""

import logging
import threading
from collections.abc import Callable

from models.clock import now, read_timer
from models.database import DatabaseUnavailable, connection
from models.delivery.claims import shorten_future_leases
from models.delivery.clock_repair import repair_due_times

INTERVAL_SECONDS = 1.0
STEP_MS = 1000  # smaller steps are corrections by NTP

log = logging.getLogger("wth.deliveries")


class ClockMonitor:
    """Compares the clock with one that nobody sets."""

    def __init__(self, timer: Callable[[], float] = read_timer) -> None:
        self._timer = timer
        self._offset: float | None = None  # ms; none at first, because the clock may have been set back before

    def check(self) -> None:
        """Repair at the first call, and whenever the clock was set back since the last."""
        offset = now() - self._timer() * 1000
        if self._offset is None or offset < self._offset - STEP_MS:
            with connection():
                repaired = repair_due_times() + shorten_future_leases()
            if repaired:
                message = "Clock was set back; deliveries that waited for it are due again."
                log.warning(message, extra={"count": repaired})
        self._offset = offset


def monitor_until(stopping: threading.Event) -> None:
    """Check the clock every second until the event is set."""
    monitor = ClockMonitor()
    while not stopping.wait(INTERVAL_SECONDS):
        try:
            monitor.check()
        except DatabaseUnavailable:
            continue  # the outage is logged already, and the next check repairs
        except Exception:
            log.exception("Times in the future were not repaired; the periodic job repairs them.")
