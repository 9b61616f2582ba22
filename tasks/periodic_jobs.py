"""Periodic jobs: checks of endpoints, and deletion of expired rows.

Every worker's scheduler fires each minute; a database lock lets one worker run each job.
"""

import logging
from collections.abc import Callable

from huey import crontab

from models import backfill, retention
from models.accounts.sign_in_throttle import SignInAttempt
from models.checkpoint import checkpoint
from models.clock import HOUR_MS, MINUTE_MS
from models.database import DatabaseUnavailable, connection
from models.delivery import claims, clock_repair, endpoint_health
from models.jobs.periodic import PeriodicLock
from models.jobs.trusted_clock import is_clock_trusted, read_trusted_clock
from models.request_log import retention as request_log
from tasks.background_jobs import resume_jobs
from tasks.queues.huey_queues import periodic_queue

CLOCK_SKEW_MS = 10_000  # tolerance, because the schedulers of two workers do not fire at the same instant


def by_trusted_clock(delete: Callable[[int], int]) -> Callable[[], int]:
    """Make a job delete what is old by the trusted clock."""
    return lambda: delete(read_trusted_clock())


def unless_clock_jumped(job: Callable[[], int]) -> Callable[[], int]:
    """Skip a job while the clock has jumped ahead."""
    return lambda: job() if is_clock_trusted() else 0


# Interval and function by name; each function returns the number of rows that it changed.
PERIODIC_JOBS: dict[str, tuple[int, Callable[[], int]]] = {
    "checkpoint": (MINUTE_MS, checkpoint),
    "resume_background_jobs": (MINUTE_MS, resume_jobs),
    "shorten_future_leases": (MINUTE_MS, claims.shorten_future_leases),
    "fill_compared_text": (MINUTE_MS, backfill.fill_compared_text),
    "repair_due_times": (MINUTE_MS, clock_repair.repair_due_times),
    "check_failing_endpoints": (MINUTE_MS, unless_clock_jumped(endpoint_health.check_failing_endpoints)),
    "delete_expired_secrets": (MINUTE_MS, by_trusted_clock(retention.delete_expired_secrets)),
    "delete_expired_sign_in_attempts": (10 * MINUTE_MS, SignInAttempt.delete_expired),
    "delete_expired_idempotency_records": (
        10 * MINUTE_MS,
        by_trusted_clock(retention.delete_expired_idempotency_records),
    ),
    "delete_old_deliveries": (HOUR_MS, by_trusted_clock(retention.delete_old_deliveries)),
    "delete_old_events": (HOUR_MS, by_trusted_clock(retention.delete_old_events)),
    "delete_old_attempt_counts": (HOUR_MS, by_trusted_clock(retention.delete_old_attempt_counts)),
    "delete_old_mails": (HOUR_MS, by_trusted_clock(retention.delete_old_mails)),
    "delete_excess_requests": (MINUTE_MS, request_log.delete_excess_requests),
    "delete_marked_contents": (HOUR_MS, request_log.delete_all_marked_contents),
    "delete_old_requests": (HOUR_MS, by_trusted_clock(request_log.delete_old_requests)),
    "delete_old_notices": (HOUR_MS, by_trusted_clock(retention.delete_old_notices)),
    "delete_old_submitted_forms": (HOUR_MS, by_trusted_clock(retention.delete_old_submitted_forms)),
}

log = logging.getLogger("wth.periodic_jobs")


@periodic_queue.periodic_task(crontab(minute="*"), name="housekeeping")  # type: ignore[untyped-decorator] # huey ships no types
def run_periodic_jobs() -> None:
    """Run each job whose interval has passed and that no other worker has claimed."""
    for name, (interval_ms, job) in PERIODIC_JOBS.items():
        try:
            with connection():
                if PeriodicLock.claim(name, interval_ms - CLOCK_SKEW_MS) and (count := job()):
                    log.info("Periodic job finished.", extra={"job": name, "rows": count})
        except DatabaseUnavailable:
            return  # the outage is logged already
        except Exception:
            log.exception("Periodic job failed; it will run again at the next interval.", extra={"job": name})
