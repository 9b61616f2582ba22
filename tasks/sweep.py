"""The sweep: finds what is due without any message, so that neither a lost queue nor a dead worker loses anything."""

import logging
import threading

from errors import Refusal
from models import dispatch
from models.base import connection
from tasks.deliveries import hand_out_due_at

EVERY_SECONDS = 1.0

log = logging.getLogger("wth.deliveries")


def sweep() -> None:
    """One round over all endpoints with something due; each gets no more than its free slots."""
    with connection():
        endpoint_ids = dispatch.endpoints_with_due()
    if endpoint_ids:
        hand_out_due_at(endpoint_ids)


def sweep_until(stopping: threading.Event) -> None:
    while not stopping.wait(EVERY_SECONDS):
        try:
            sweep()
        except Refusal as refusal:
            log.warning("The sweep found no database: %s", refusal.message)
        except Exception:
            log.exception("A sweep failed; the next one comes in a second.")
