"""The queue of background jobs: which one runs next, so that dealers take turns."""

from collections.abc import Sequence

import peewee

import config
from models.base import fetch_tuples
from models.clock import now
from models.database import db
from models.jobs.job import DONE, MAX_RUNNING, RUNNING, BackgroundJob


def claim_next_job() -> BackgroundJob | None:
    """Claim the job to run now, a queued or an interrupted one.

    Returns None if there is none, or enough are running. The dealer whose last job ended first is the next.
    """
    with db.atomic():
        jobs = _lock_started_jobs()
        running = [job for job in jobs if not job.is_queued and not job.is_stalled]
        busy = {job.__data__["dealer"] for job in running}
        waiting = [job for job in jobs if job.__data__["dealer"] not in busy and not job.is_abandoned]
        if len(running) >= MAX_RUNNING or not waiting:
            return None
        return _claim(_first_in_turn(waiting))


def has_waiting_jobs() -> bool:
    """Return True if a job is queued or was interrupted."""
    jobs = BackgroundJob.select(*BackgroundJob.columns_without_file()).where(BackgroundJob.state == RUNNING)
    return any(job.is_queued or (job.is_stalled and not job.is_abandoned) for job in jobs)


def _lock_started_jobs() -> Sequence[BackgroundJob]:
    """Read the started jobs without their files.

    PostgreSQL lets one worker at a time choose among them.
    """
    query = (
        BackgroundJob.select(*BackgroundJob.columns_without_file())
        .where(BackgroundJob.state == RUNNING)
        .order_by(BackgroundJob.id)
    )
    return list(query if config.is_sqlite() else query.for_update())


def _first_in_turn(jobs: Sequence[BackgroundJob]) -> BackgroundJob:
    ended_at = peewee.fn.MAX(BackgroundJob.updated_at)
    query = BackgroundJob.select(BackgroundJob.dealer, ended_at).where(BackgroundJob.state == DONE)
    last_ends: dict[str, int] = dict(fetch_tuples(query.group_by(BackgroundJob.dealer)))
    return min(jobs, key=lambda job: (last_ends.get(job.__data__["dealer"], 0), job.created_at, job.id))


def _claim(job: BackgroundJob) -> BackgroundJob:
    outcome = {**job.outcome, "runs": job.outcome.get("runs", 0) + 1}
    BackgroundJob.update(outcome=outcome, updated_at=now()).where(BackgroundJob.id == job.id).execute()
    claimed: BackgroundJob = BackgroundJob.get_by_id(job.id)
    return claimed
