"""Fair shares of a thread pool: threads per owner, and whose turn is next."""

from collections.abc import Iterator
from functools import partial
from threading import Event

import pytest

from errors import Refusal
from models import thread_pool
from models.fair_pool import Call, FairPool

THREADS = 8
WAIT_SECONDS = 5


@pytest.fixture
def released() -> Iterator[Event]:
    """Set at the end of a test, so that no thread is left waiting."""
    event = Event()
    yield event
    event.set()


def submit(pool: FairPool, released: Event, owner: str, count: int) -> list[Call]:
    """Submit work that runs until `released`."""
    return [pool.submit(lambda: released.wait(WAIT_SECONDS), owner) for _ in range(count)]


def running(calls: list[Call]) -> int:
    return sum(call.running() for call in calls)


def test_one_owner_gets_at_most_half_of_the_threads(released: Event) -> None:
    assert running(submit(FairPool(THREADS, "test"), released, "a", 20)) == 4


def test_one_owner_gets_all_threads_of_a_pool_without_shares(released: Event) -> None:
    assert running(submit(FairPool(THREADS, "test", has_shares=False), released, "a", 20)) == THREADS


def test_all_threads_look_callers_up(released: Event) -> None:
    calls = submit(thread_pool.LOOKUPS, released, "", 5)
    assert running(calls) == thread_pool.LOOKUP_THREADS
    released.set()
    assert all(call.result(WAIT_SECONDS) for call in calls)


def test_newcomer_finds_a_free_thread(released: Event) -> None:
    pool = FairPool(THREADS, "test")
    for owner in ("a", "b", "c", "d"):
        assert running(submit(pool, released, owner, 20)) >= 1


def test_single_thread_serves_everybody(released: Event) -> None:
    released.set()
    pool = FairPool(1, "test")
    calls = submit(pool, released, "a", 3) + submit(pool, released, "b", 3)
    assert all(call.result(WAIT_SECONDS) for call in calls)


def test_owners_take_turns(released: Event) -> None:
    pool = FairPool(1, "test")
    order: list[str] = []
    submit(pool, released, "first", 1)
    calls = [pool.submit(partial(order.append, name), name[0]) for name in ("a1", "a2", "a3", "b1", "c1", "b2")]
    released.set()
    for call in calls:
        call.result(WAIT_SECONDS)
    assert order == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_thread_of_a_failed_call_is_free_again() -> None:
    pool = FairPool(1, "test")
    with pytest.raises(ZeroDivisionError):
        pool.submit(lambda: 1 / 0, "a").result(WAIT_SECONDS)
    assert pool.submit(lambda: 1, "a").result(WAIT_SECONDS) == 1


def test_cancelled_call_is_not_run(released: Event) -> None:
    pool = FairPool(1, "test")
    order: list[str] = []
    submit(pool, released, "a", 1)
    pool.submit(lambda: order.append("cancelled"), "a").cancel()
    last = pool.submit(lambda: order.append("last"), "a")
    released.set()
    last.result(WAIT_SECONDS)
    assert order == ["last"]


def test_only_so_many_calls_of_an_owner_wait(released: Event) -> None:
    pool = FairPool(1, "test", max_waiting=2)
    submit(pool, released, "a", 3)
    with pytest.raises(Refusal, match="in a few seconds"):
        submit(pool, released, "a", 1)
    submit(pool, released, "b", 2)
