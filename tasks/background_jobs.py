"""Background jobs: imports and bulk retries, which the worker runs.

They report their progress to the dashboard.
"""

import logging

from models.database import connection
from models.jobs import queue, run
from tasks.queues.guarded import QueueUnavailable
from tasks.queues.huey_queues import default_queue
from tasks.wake_up import wake_worker

log = logging.getLogger("wth.jobs")


@default_queue.task(name="errand")  # type: ignore[untyped-decorator] # huey ships no types
def run_job(job_id: str) -> None:
    """Run the background job whose turn it is, maybe another than the started one."""
    with connection():
        if run.run_next_job(wake_worker):
            enqueue_job(job_id)


def enqueue_job(job_id: str) -> None:
    """Tell a worker that a job was started, after the start is committed.

    It never raises for an unavailable queue: the periodic job finds the job within a minute.
    """
    try:
        run_job(job_id)
    except QueueUnavailable:
        log.warning("Background job was not enqueued, because the queue is unavailable.", extra={"job": job_id})


def resume_jobs() -> int:
    """Tell a worker of jobs that are queued or were interrupted.

    Returns 1 if there is one, else 0.
    """
    if not queue.has_waiting_jobs():
        return 0
    enqueue_job("")
    return 1
