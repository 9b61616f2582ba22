"""Wake-up message: tells the worker that a dealer has due deliveries.

It may be lost, because the sweep finds them too.
"""

import logging

from tasks.deliveries import wake
from tasks.queues.guarded import QueueUnavailable

log = logging.getLogger("wth.deliveries")


def wake_worker(dealer_id: str) -> None:
    """Enqueue a wake-up message after the commit.

    Never raises: the deliveries are in the outbox.
    """
    try:
        wake(dealer_id)
    except QueueUnavailable:
        return  # the storage has logged the outage
    except Exception:
        log.exception("Wake-up message was not sent; the sweep will send what is due.")
