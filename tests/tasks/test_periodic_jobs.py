"""Chores come round once, however many workers there are."""

import threading

from models.database import connection
from models.delivery.endpoint import Endpoint
from models.jobs.periodic import PeriodicLock
from tasks.periodic_jobs import PERIODIC_JOBS, run_periodic_jobs
from tests.cast import Cast
from tests.receiver import Receiver

MINUTE_MS = 60_000


def test_of_two_workers_one_does_the_chore(clock) -> None:
    assert [PeriodicLock.claim("dust", MINUTE_MS), PeriodicLock.claim("dust", MINUTE_MS)] == [True, False]


def test_of_many_workers_at_once_one_does_the_chore(clock) -> None:
    together = threading.Barrier(6)
    claimed: list[bool] = []

    def claim() -> None:
        together.wait(5)
        with connection():
            claimed.append(PeriodicLock.claim("dust", MINUTE_MS))

    threads = [threading.Thread(target=claim) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(claimed) == [False] * 5 + [True]


def test_chore_comes_round_again(clock) -> None:
    assert PeriodicLock.claim("dust", MINUTE_MS)
    clock.forward(59)
    assert not PeriodicLock.claim("dust", MINUTE_MS)
    clock.forward(2)
    assert PeriodicLock.claim("dust", MINUTE_MS)


def test_every_minute_the_house_is_kept(cast: Cast, receiver: Receiver, clock) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    endpoint.rotate_secret(MINUTE_MS)
    clock.forward(61)
    run_periodic_jobs.call_local()
    assert Endpoint.get_by_id(endpoint.id).previous_secret is None
    assert PeriodicLock.select().count() == len(PERIODIC_JOBS)


def test_chore_that_fails_does_not_keep_the_others_from_being_done(cast, receiver, clock, monkeypatch, caplog) -> None:
    def fail() -> int:
        raise RuntimeError("the mop broke")

    first = next(iter(PERIODIC_JOBS))
    monkeypatch.setitem(PERIODIC_JOBS, first, (MINUTE_MS, fail))
    endpoint, _ = cast.owner.endpoint(receiver.url)
    endpoint.rotate_secret(MINUTE_MS)
    clock.forward(61)
    run_periodic_jobs.call_local()
    assert Endpoint.get_by_id(endpoint.id).previous_secret is None
    assert "the mop broke" in caplog.text
