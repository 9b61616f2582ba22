"""The chart's counts are those of the attempts, whatever finishes or deletes them."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

import config
from models import erasure, retention
from models.clock import DAY_MS, MINUTE_MS, now
from models.database import db
from models.delivery import stats
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from tests.cast import Cast, Person
from tests.conftest import Clock
from tests.receiver import Delivered, Receiver

STATUSES = (200, 204, 301, 404, 500)


def counted(person: Person, endpoint_id: str | None = None) -> list[stats.TimeBucket]:
    buckets = stats.time_buckets(person.actor(), endpoint_id=endpoint_id, span_ms=DAY_MS, count=48)
    return [bucket for bucket in buckets if bucket.succeeded + bucket.failed]


def count_rows(person: Person, endpoint_id: str) -> list[stats.TimeBucket]:
    deliveries = Delivery.select(Delivery.id).where(Delivery.dealer == person.dealer, Delivery.endpoint == endpoint_id)
    by_bucket: dict[int, list[Attempt]] = {}
    for attempt in Attempt.select().where(Attempt.delivery.in_(deliveries), Attempt.finished_at.is_null(False)):
        width_ms = 30 * MINUTE_MS
        by_bucket.setdefault(attempt.started_at // width_ms * width_ms, []).append(attempt)
    return [_summarize(at, attempts) for at, attempts in sorted(by_bucket.items())]


def _summarize(starts_at: int, attempts: list[Attempt]) -> stats.TimeBucket:
    succeeded = sum(attempt.error is None and attempt.status in (200, 204) for attempt in attempts)
    times = [row.timings["total_ms"] for row in attempts if row.timings.get("total_ms") is not None]
    average_ms: Any = pytest.approx(sum(times) / len(times)) if times else None
    return stats.TimeBucket(starts_at, succeeded, len(attempts) - succeeded, average_ms, max(times, default=None))


def _respond(status: int, _: Delivered) -> int:
    return status


def test_counts_are_those_of_the_attempts(
    cast: Cast, receiver: Receiver, deliver: Callable[[], None], clock: Clock
) -> None:
    rng = random.Random()  # noqa: S311 - test data; every run has another order
    endpoints = [cast.owner.endpoint(receiver.url, events=["*"])[0].id for _ in range(2)]
    endpoints.append(cast.owner.endpoint("http://127.0.0.1:9/closed", events=["*"])[0].id)
    for _ in range(12):
        status = rng.choice(STATUSES)
        receiver.respond = partial(_respond, status)
        cast.owner.listing()
        deliver()
        clock.forward(rng.choice([0, 60, 1700]))
    for endpoint_id in endpoints:
        assert counted(cast.owner, endpoint_id) == count_rows(cast.owner, endpoint_id)
    total = sum(bucket.succeeded + bucket.failed for bucket in counted(cast.owner))
    assert total == Attempt.select().where(Attempt.finished_at.is_null(False)).count() >= 36
    assert counted(cast.stranger) == []


def test_an_attempt_that_is_blanked_counts_once(cast: Cast, receiver: Receiver, deliver: Callable[[], None]) -> None:
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    deliver()
    before = counted(cast.owner)
    Attempt.update({**erasure.BLANK_RESPONSE, "finished_at": now()}).execute()
    assert counted(cast.owner) == before != []


def test_counts_are_deleted_with_their_endpoint_and_after_a_month(
    cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    deliver()
    endpoint.delete_instance()
    assert retention.delete_old_attempt_counts(now()) == 0
    assert [bucket.succeeded for bucket in counted(cast.owner)] == [1]
    assert retention.delete_old_attempt_counts(now() + 32 * DAY_MS) == 1
    assert counted(cast.owner) == []


@pytest.mark.skipif(not config.is_sqlite(), reason="PostgreSQL plans by the size of the tables, and these are empty")
def test_the_chart_reads_no_attempts(cast: Cast) -> None:
    query = stats.BY_BUCKET.format(condition="")
    plan = db.execute_sql(f"EXPLAIN QUERY PLAN {query}", (0, 1, cast.owner.dealer.id, 0, True)).fetchall()
    assert [row[3] for row in plan if "attempt" in row[3]] == [
        "SEARCH attempt_count USING INDEX sqlite_autoindex_attempt_count_1 (dealer_id=? AND starts_at>?)"
    ]
