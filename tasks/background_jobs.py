"""Errands of the dashboard as tasks: imports and mass retries run in the worker; their pages tell how far they are."""

import logging

from models.database import connection
from models.jobs import run
from tasks import queues
from tasks.wake_up import ring

log = logging.getLogger("wth.errands")


@queues.first.task(name="errand")  # type: ignore[untyped-decorator] # huey ships no types
def carry_out(errand_id: str) -> None:
    with connection():
        run.carry_out(errand_id, ring)


def start(errand_id: str) -> None:
    """Call after the errand was begun and committed. Where the queue is away, its page says that it was cut off."""
    try:
        carry_out(errand_id)
    except Exception:  # any fault of a queue server, whose libraries share no base class
        log.warning("The queue does not answer; the errand %s was not begun.", errand_id, exc_info=True)
