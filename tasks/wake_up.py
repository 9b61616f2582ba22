"""The doorbell: tells the worker that a dealer's rows have changed. It may be lost; the sweep finds what is due."""

import logging

from tasks.deliveries import wake

log = logging.getLogger("wth.deliveries")


def wake_worker(dealer_id: str) -> None:
    """Call after the commit. Never fails the caller: what was promised stands in the rows."""
    try:
        wake(dealer_id)
    except Exception:
        log.warning("The queue does not answer; the sweep will send what is due.", exc_info=True)
