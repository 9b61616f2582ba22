"""The result recorder survives an unavailable database, an unavailable queue and a bad result."""

import random
import threading
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from models.database import DatabaseUnavailable
from models.delivery import claims
from models.delivery import results as delivery_results
from models.delivery.endpoint import Endpoint
from tasks.attempts import make_attempt
from tasks.queues.guarded import QueueUnavailable
from tasks.result_recorder import ResultRecorder, recorder
from tests.cast import Cast, Person
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.traffic import deliveries, edit, states


@dataclass
class ResultFactory:
    """A factory of unwritten results: each call makes one more attempt."""

    person: Person
    clock: Clock
    endpoint: Endpoint

    def __call__(self) -> delivery_results.AttemptResult:
        edit(self.person, self.person.listing(), 100)
        self.clock.forward(0.1)
        [claim] = claims.claim_for_endpoints([self.endpoint.id])
        make_attempt(claim)
        batch = recorder.take_batch()
        assert batch is not None
        return batch[0]


@pytest.fixture
def results(cast: Cast, receiver: Receiver, clock: Clock) -> ResultFactory:
    endpoint, _ = cast.owner.endpoint(receiver.url, events=["listing.updated"])
    Endpoint.update(slots=10).where(Endpoint.id == endpoint.id).execute()
    return ResultFactory(cast.owner, clock, endpoint)


@pytest.fixture
def running() -> Iterator[tuple[ResultRecorder, threading.Event]]:
    """A recorder with its own thread, and the event that tests set after a write."""
    written = threading.Event()
    recorder = ResultRecorder()
    yield recorder, written
    recorder.stop()


def test_results_are_written_when_the_database_is_back(
    results: ResultFactory, running: tuple[ResultRecorder, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    own_recorder, written = running
    write, failures = own_recorder.write, [DatabaseUnavailable(), DatabaseUnavailable()]

    def write_or_fail(batch: list[delivery_results.AttemptResult]) -> None:
        if failures:
            raise failures.pop()
        write(batch)

    monkeypatch.setattr(own_recorder, "write", write_or_fail)
    monkeypatch.setattr("tasks.result_recorder.PAUSE_SECONDS", 0.01)
    own_recorder.start(lambda _: written.set())
    own_recorder.add(results())
    assert written.wait(5)
    assert states(results.endpoint)[0] == "succeeded"


def test_backpressure_stops_attempts_while_results_cannot_be_written(
    results: ResultFactory, running: tuple[ResultRecorder, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    own_recorder, written = running
    write, is_down = own_recorder.write, threading.Event()
    is_down.set()

    def write_unless_down(batch: list[delivery_results.AttemptResult]) -> None:
        if is_down.is_set():
            raise DatabaseUnavailable
        write(batch)

    monkeypatch.setattr(own_recorder, "write", write_unless_down)
    for name, value in {"PAUSE_SECONDS": 0.01, "MAX_WAIT_SECONDS": 0.05, "MAX_UNWRITTEN": 3}.items():
        monkeypatch.setattr(f"tasks.result_recorder.{name}", value)
    own_recorder.start(lambda _: written.set())
    made = [results() for _ in range(3)]
    assert own_recorder.wait_for_capacity()
    for result in made:
        own_recorder.add(result)
    assert not own_recorder.wait_for_capacity()
    is_down.clear()
    assert written.wait(5)
    assert own_recorder.wait_for_capacity()


def test_unavailable_queue_does_not_end_the_recorder(
    results: ResultFactory, running: tuple[ResultRecorder, threading.Event]
) -> None:
    own_recorder, written = running
    errors: list[Exception] = [
        ConnectionError("the connection is lost"),
        QueueUnavailable(),
        DatabaseUnavailable(),
    ]

    def dispatch(_: list[delivery_results.AttemptResult]) -> None:
        if errors:
            raise errors.pop()
        written.set()

    own_recorder.start(dispatch)
    for _ in range(4):
        own_recorder.add(results())
        while not written.is_set() and own_recorder.has_results():
            written.wait(0.01)
    assert written.wait(5)


def test_result_that_cannot_be_written_does_not_lose_the_others(
    results: ResultFactory, running: tuple[ResultRecorder, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    own_recorder, written = running
    bad, good = results(), results()
    write = delivery_results.write_results

    def reject_bad_result(batch: list[delivery_results.AttemptResult], rng: random.Random) -> None:
        if any(result.request.delivery_id == bad.request.delivery_id for result in batch):
            raise ValueError("no column holds this")
        write(batch, rng)

    monkeypatch.setattr(delivery_results, "write_results", reject_bad_result)
    own_recorder.add(bad)
    own_recorder.add(good)
    own_recorder.start(lambda _: written.set())
    assert written.wait(5)
    states_by_id = {row.id: row.state for row in deliveries(results.endpoint)}
    assert states_by_id[good.request.delivery_id] == "succeeded"
    assert states_by_id[bad.request.delivery_id] == "sending"
