"""Background jobs: imports and bulk retries, which the worker runs.

They report their progress to the dashboard.
"""

import logging

from models.database import connection
from models.jobs import run
from tasks.queues.guarded import QueueUnavailable
from tasks.queues.lanes import fast_lane
from tasks.wake_up import wake_worker

log = logging.getLogger("wth.jobs")


@fast_lane.task(name="errand")  # type: ignore[untyped-decorator] # huey ships no types
def run_job(job_id: str) -> None:
    """Run a background job that has been started."""
    with connection():
        run.run_job(job_id, wake_worker)


def enqueue_job(job_id: str) -> None:
    """Enqueue a job after its start is committed.

    It never raises for an unavailable queue: the page of the job shows that it has stalled.
    """
    try:
        run_job(job_id)
    except QueueUnavailable:
        log.warning("Background job was not enqueued, because the queue is unavailable. job=%s", job_id)
