"""Housekeeping: huey wakes every worker each minute, and the worker that claims a chore does it."""

import logging
from collections.abc import Callable

from huey import crontab

from models import retention
from models.database import connection
from models.delivery import claims, endpoint_health
from models.jobs.periodic import PeriodicLock
from tasks import queues

MINUTE_MS = 60_000
LATE_BY_MS = 10_000  # a worker's minute does not begin exactly at another's

PERIODIC_JOBS: dict[str, tuple[int, Callable[[], int]]] = {
    "end leases of the future": (MINUTE_MS, claims.expire_future_leases),
    "judge failing endpoints": (MINUTE_MS, endpoint_health.check_failing_endpoints),
    "forget past secrets": (MINUTE_MS, retention.delete_expired_secrets),
    "forget idempotency records": (10 * MINUTE_MS, retention.delete_expired_idempotency_records),
    "forget deliveries": (60 * MINUTE_MS, retention.delete_old_deliveries),
    "forget events": (60 * MINUTE_MS, retention.delete_old_events),
    "forget notices": (60 * MINUTE_MS, retention.delete_old_notices),
}

log = logging.getLogger("wth.housekeeping")


@queues.slow_lane.periodic_task(crontab(minute="*"), name="housekeeping")  # type: ignore[untyped-decorator] # huey ships no types
def run_periodic_jobs() -> None:
    """Does what is due and nobody else has claimed."""
    for name, (every_ms, chore) in PERIODIC_JOBS.items():
        try:
            with connection():
                if PeriodicLock.claim(name, every_ms - LATE_BY_MS) and (count := chore()):
                    log.info("%s: %d", name, count)
        except Exception:
            log.exception("A chore failed, it comes round again: %s.", name)
