"""Times the batches of retention, sweeps and claims on the filled hub."""

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench.growth import disk
from bench.growth.requests import Values
from models import retention
from models.clock import DAY_MS, now
from models.database import connection, db
from models.delivery import claims
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from tests.cast import Person

BATCHES = 12
CLAIMS = 30
BACKLOG = 10_000
PENDING = f"""
UPDATE delivery SET state = 'pending', completed_at = NULL, due_at = created_at WHERE id IN (
  SELECT id FROM delivery WHERE dealer_id = {db.param} ORDER BY created_at DESC LIMIT {BACKLOG})
"""
LISTED_BEFORE = 90 * DAY_MS


def run(rows: int) -> None:
    """Print the space of the tables, and the median and the maximum of each statement."""
    with connection():
        disk.report(rows)
        _report(Values.find_person())


def _report(person: Person) -> None:
    before = now() - LISTED_BEFORE
    _print("Retention of 500 deliveries", lambda: db.execute_sql(retention.OLD_DELIVERIES, (before,)), BATCHES)
    _print("Retention of 500 events", lambda: db.execute_sql(retention.OLD_EVENTS, (before,)), BATCHES)
    db.execute_sql(PENDING, (person.dealer.id,))
    Endpoint.update(slots=claims.MAX_IN_FLIGHT).where(Endpoint.dealer == person.dealer).execute()
    _print(f"Sweep beside a backlog of {BACKLOG:,}", claims.find_endpoints_with_due, CLAIMS)
    _print("Claim of a dealer", lambda: _claim(person), CLAIMS)


def _claim(person: Person) -> None:
    claimed = claims.claim_for_dealers([person.dealer.id])
    assert claimed
    Delivery.update(state="succeeded", completed_at=now()).where(
        Delivery.id.in_([request.delivery_id for request in claimed])
    ).execute()


def _print(name: str, work: Callable[[], Any], rounds: int) -> None:
    times = []
    for _ in range(rounds):
        started_at = time.perf_counter()
        work()
        times.append((time.perf_counter() - started_at) * 1000)
    print(f"{name}: {median(times):.1f} ms p50, {max(times):.1f} ms max.", flush=True)
