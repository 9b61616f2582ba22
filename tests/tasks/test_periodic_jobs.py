"""Periodic jobs: one run per interval, however many workers there are."""

import threading

import pytest

from models.clock import MINUTE_MS
from models.database import connection
from models.delivery.endpoint import Endpoint
from models.jobs.periodic import PeriodicLock
from tasks.periodic_jobs import PERIODIC_JOBS, run_periodic_jobs
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Receiver


def test_one_of_two_workers_runs_the_job(clock: Clock) -> None:
    assert [PeriodicLock.claim("job", MINUTE_MS), PeriodicLock.claim("job", MINUTE_MS)] == [True, False]


def test_one_of_many_simultaneous_workers_runs_the_job(clock: Clock) -> None:
    barrier = threading.Barrier(6)
    claimed: list[bool] = []

    def claim() -> None:
        barrier.wait(5)
        with connection():
            claimed.append(PeriodicLock.claim("job", MINUTE_MS))

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(claimed) == [False] * 5 + [True]


def test_job_runs_again_after_its_interval(clock: Clock) -> None:
    assert PeriodicLock.claim("job", MINUTE_MS)
    clock.forward(59)
    assert not PeriodicLock.claim("job", MINUTE_MS)
    clock.forward(2)
    assert PeriodicLock.claim("job", MINUTE_MS)


def test_all_jobs_run_within_a_minute(cast: Cast, receiver: Receiver, clock: Clock) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    endpoint.rotate_secret(MINUTE_MS)
    clock.forward(61)
    run_periodic_jobs.call_local()
    assert Endpoint.get_by_id(endpoint.id).previous_secret is None
    assert {row.name for row in PeriodicLock.select()} >= set(PERIODIC_JOBS)


def test_failing_job_does_not_prevent_the_others(
    cast: Cast, receiver: Receiver, clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> int:
        raise RuntimeError("job failed")

    first = next(iter(PERIODIC_JOBS))
    monkeypatch.setitem(PERIODIC_JOBS, first, (MINUTE_MS, fail))
    endpoint, _ = cast.owner.endpoint(receiver.url)
    endpoint.rotate_secret(MINUTE_MS)
    clock.forward(61)
    run_periodic_jobs.call_local()
    assert Endpoint.get_by_id(endpoint.id).previous_secret is None
    assert "job failed" in caplog.text
