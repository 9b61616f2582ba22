"""Errands of the dashboard as tasks: imports and mass retries run in the worker; their pages tell how far they are."""

import logging

from models.database import connection
from models.jobs import run
from tasks import queues
from tasks.wake_up import wake_worker

log = logging.getLogger("wth.errands")


@queues.fast_lane.task(name="errand")  # type: ignore[untyped-decorator] # huey ships no types
def run_job(job_id: str) -> None:
    with connection():
        run.run_job(job_id, wake_worker)


def enqueue_job(job_id: str) -> None:
    """Call after the job was begun and committed. Where the queue is away, its page says that it was cut off."""
    try:
        run_job(job_id)
    except Exception:  # any fault of a queue server, whose libraries share no base class
        log.warning("The queue does not answer; the job %s was not begun.", job_id, exc_info=True)
