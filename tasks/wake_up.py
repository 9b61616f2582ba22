"""Wake-up message: tells the worker that a dealer has due deliveries.

It may be lost, because the sweep finds them too.
"""

import logging

from tasks.deliveries import wake

log = logging.getLogger("wth.deliveries")


def wake_worker(dealer_id: str) -> None:
    """Enqueue a wake-up message after the commit.

    Never raises: the deliveries are in the outbox.
    """
    try:
        wake(dealer_id)
    except Exception:  # the queue libraries share no base class for their errors
        log.warning("Queue is unavailable; the sweep will send what is due.", exc_info=True)
