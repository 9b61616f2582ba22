"""The sweep: finds what is due without any message, so that neither a lost queue nor a dead worker loses anything."""

import logging
import threading

from errors import Refusal
from models.database import connection
from models.delivery import claims
from tasks.deliveries import claim_and_enqueue, probe

EVERY_SECONDS = 1.0
ENDPOINTS_AT_ONCE = 50  # locked together, so that others need not wait for a long round

log = logging.getLogger("wth.deliveries")


def sweep() -> None:
    """One round over all endpoints with something due; each gets no more than its free slots."""
    with connection():
        answering, failing = claims.endpoints_with_due()
    for start in range(0, len(answering), ENDPOINTS_AT_ONCE):
        claim_and_enqueue(answering[start : start + ENDPOINTS_AT_ONCE])
    probe(failing)


def sweep_until(stopping: threading.Event) -> None:
    while not stopping.wait(EVERY_SECONDS):
        try:
            sweep()
        except Refusal as refusal:
            log.warning("The sweep found no database: %s", refusal.message)
        except Exception:
            log.exception("A sweep failed; the next one comes in a second.")
