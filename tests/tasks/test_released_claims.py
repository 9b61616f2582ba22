"""Claims that cannot be sent: they are due again at once, and nobody else waits for them."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

import config
from models.delivery import claims
from models.delivery.attempt_request import AttemptRequest
from models.delivery.claims import OpenEndpoint
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from tasks.attempt_pool import AttemptPool
from tasks.dispatcher import Dispatcher
from tasks.heartbeat import Heartbeat
from tasks.in_flight import InFlight, ProcessAllowance
from tests.cast import Cast
from tests.conftest import Clock
from tests.handlers.database_conditions import exhausted_pool
from tests.receiver import Receiver
from tests.tasks.test_shares import in_flight, open_endpoints

SLOTS = 10


@pytest.fixture
def dispatcher() -> Dispatcher:
    return Dispatcher(threads=4)


@contextmanager
def unavailable_database() -> Iterator[None]:
    """No other thread of this process reaches the database."""
    if not config.is_sqlite():
        with exhausted_pool():
            yield
        return
    path = config.sqlite_path(config.DATABASE_URL)
    aside = path.rename(path.with_name("aside"))
    yield
    aside.rename(path)


class OneRound(threading.Event):
    """Stops a dispatcher after one round."""

    def is_set(self) -> bool:
        was_set = super().is_set()
        self.set()
        return was_set


def run_once(dispatcher: Dispatcher) -> None:
    thread = threading.Thread(target=dispatcher.run, args=(OneRound(),))
    thread.start()
    thread.join()


def claim(dispatcher: Dispatcher) -> list[AttemptRequest]:
    requests: list[AttemptRequest] = []
    dispatcher.sweep()
    dispatcher.claim(requests.extend)
    return requests


def test_claims_that_cannot_be_started_are_due_again(cast: Cast, receiver: Receiver, dispatcher: Dispatcher) -> None:
    open_endpoints(cast.owner, receiver, 1, SLOTS)

    def start(_: list[AttemptRequest]) -> None:
        raise RuntimeError("no more threads")

    dispatcher.sweep()
    with pytest.raises(RuntimeError):
        dispatcher.claim(start)
    dispatcher.stop(time.monotonic())
    assert in_flight(cast.owner) == 0
    assert {request.number for request in claim(Dispatcher(threads=4))} == {1}


def test_stopped_pool_returns_the_attempts_that_it_will_not_start(
    cast: Cast, receiver: Receiver, dispatcher: Dispatcher
) -> None:
    open_endpoints(cast.owner, receiver, 1, SLOTS)
    requests = claim(dispatcher)
    pool = AttemptPool(1, lambda _: None, lambda: None)
    pool.stop()
    assert pool.submit(requests) == requests


def test_claims_that_wait_during_an_outage_are_due_again_when_it_ends(
    cast: Cast, receiver: Receiver, dispatcher: Dispatcher, clock: Clock
) -> None:
    open_endpoints(cast.owner, receiver, 1, SLOTS)
    [*requests] = claim(dispatcher)
    clock.forward(2)  # a claim of this age is checked in the database before it is sent
    with unavailable_database():
        attempts = [threading.Thread(target=dispatcher.run_attempt, args=(request,)) for request in requests]
        for attempt in attempts:
            attempt.start()
        for attempt in attempts:
            attempt.join()
    dispatcher.stop(time.monotonic() + 1)
    assert (len(requests), receiver.deliveries, in_flight(cast.owner)) == (SLOTS, [], 0)


def test_claims_that_the_worker_does_not_know_are_due_again_at_once(
    cast: Cast, receiver: Receiver, dispatcher: Dispatcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database committed a claim, and the connection ended before the worker got its rows."""
    for person in (cast.owner, cast.stranger):
        open_endpoints(person, receiver, 1, SLOTS)
    monkeypatch.setattr(Heartbeat, "worker_id", "wrk_cut_off")
    allowance = ProcessAllowance(InFlight(limit=64), places=64, quantum=64, worker_id="wrk_cut_off")
    claims.claim_for_dealers([cast.owner.dealer.id], allowance)
    held = claim(dispatcher)
    assert {request.dealer_id for request in held} == {cast.stranger.dealer.id}
    with unavailable_database():
        run_once(dispatcher)
    dispatcher.sweep_soon()
    run_once(dispatcher)
    receiver.wait_for(SLOTS)
    dispatcher.stop(time.monotonic() + 5)
    assert {row.attempts for row in Delivery.select(Delivery.attempts)} == {1}
    assert in_flight(cast.stranger) == SLOTS


def test_secret_that_cannot_be_decrypted_holds_up_its_own_endpoint_only(
    cast: Cast, receiver: Receiver, dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture
) -> None:
    for person in (cast.owner, cast.stranger):
        open_endpoints(person, receiver, 1, SLOTS)
    Endpoint.update(secret="gAAAAABnonsense").where(Endpoint.dealer == cast.stranger.dealer).execute()
    assert {request.dealer_id for request in claim(dispatcher)} == {cast.owner.dealer.id}
    assert "Webhook secret cannot be decrypted" in caplog.text
    assert Delivery.select().where(Delivery.dealer == cast.stranger.dealer, Delivery.state == "failed").count() == 0


def test_dealer_without_capacity_gets_no_further_turn() -> None:
    """It would get one turn after another, each with a transaction, until a request ends."""
    in_use = InFlight(limit=8)
    endpoint = OpenEndpoint("we_1", "dlr_1", SLOTS, 0, True, SLOTS, None, None)
    in_use.change(endpoint, 2)
    allowance = ProcessAllowance(in_use, places=2, quantum=16, worker_id=None)
    assert (allowance.grant(endpoint, SLOTS), allowance.cut_off, allowance.backlogged) == (0, set(), {"dlr_1"})


def test_attempt_behind_silent_receivers_starts_after_the_hand_off() -> None:
    """The dispatcher asks when to hand off before the threads have taken their attempts."""
    pool = AttemptPool(1, lambda _: None, lambda: None)
    with pool._changed:  # so that no thread takes one
        pool.submit(["first", "second"])  # type: ignore[list-item] # never looked at
        next_hand_off = pool.hand_off()
    assert next_hand_off is not None
    assert next_hand_off <= 0.05
    pool.stop()
