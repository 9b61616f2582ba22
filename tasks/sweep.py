"""Sweep: polls for due deliveries every second.

Thanks to it, neither a lost queue nor a dead worker loses a delivery.
"""

import logging
import threading

from models.database import DatabaseUnavailable, connection
from models.delivery import claims
from tasks.deliveries import claim_and_enqueue, probe
from tasks.queues.guarded import QueueUnavailable

INTERVAL_SECONDS = 1.0
MAX_LOCKED_ENDPOINTS = 50  # per transaction, so that other writers do not wait for a whole sweep

log = logging.getLogger("wth.deliveries")


def sweep(slow_threads: int) -> None:
    """Claim and enqueue due deliveries of all endpoints, up to their free slots."""
    with connection():
        healthy, failing = claims.find_endpoints_with_due()
    for start in range(0, len(healthy), MAX_LOCKED_ENDPOINTS):
        claim_and_enqueue(healthy[start : start + MAX_LOCKED_ENDPOINTS], slow_threads)
    probe(failing, slow_threads)


def sweep_until(stopping: threading.Event, slow_threads: int) -> None:
    """Sweep every second until the event is set."""
    while not stopping.wait(INTERVAL_SECONDS):
        try:
            sweep(slow_threads)
        except (DatabaseUnavailable, QueueUnavailable):
            continue  # the outage is logged already
        except Exception:
            log.exception("Sweep failed; it runs again in a second.")
