"""The recorder outlives what goes wrong around it: a database that is away, a queue that does not answer."""

import threading

import pytest

from errors import Refusal
from models.database import DatabaseUnavailable
from models.delivery import claims
from models.delivery import results as delivery_results
from models.delivery.endpoint import Endpoint
from tasks.deliveries import make_attempt
from tasks.result_recorder import ResultRecorder, recorder
from tests.cast import Cast
from tests.receiver import Receiver
from tests.tasks.traffic import deliveries, edit, states


@pytest.fixture
def results(cast: Cast, receiver: Receiver, clock):
    """`results()`: one more attempt is made; what came of it, not yet written."""
    endpoint, _ = cast.owner.endpoint(receiver.url, events=["listing.updated"])
    Endpoint.update(slots=10).where(Endpoint.id == endpoint.id).execute()

    def make() -> delivery_results.AttemptResult:
        edit(cast.owner, cast.owner.listing(), 100)
        clock.forward(0.1)
        [claim] = claims.claim_for_endpoints([endpoint.id])
        make_attempt(claim.delivery_id, claim.generation)
        batch = recorder.take_batch()
        assert batch is not None
        return batch[0]

    make.endpoint = endpoint  # type: ignore[attr-defined] # what the tests look at
    return make


@pytest.fixture
def running():
    """A recorder with its thread; `go_on` is what the worker does after each write."""
    told = threading.Event()
    started = ResultRecorder()
    yield started, told
    started.stop()


def test_results_are_written_when_the_database_comes_back(results, running, monkeypatch) -> None:
    recorder_, told = running
    write, failures = recorder_.write, [DatabaseUnavailable(), DatabaseUnavailable()]

    def sometimes(batch) -> None:
        if failures:
            raise failures.pop()
        write(batch)

    monkeypatch.setattr(recorder_, "write", sometimes)
    monkeypatch.setattr("tasks.result_recorder.PAUSE_SECONDS", 0.01)
    recorder_.start(lambda _: told.set())
    recorder_.add(results())
    assert told.wait(5)
    assert states(results.endpoint)[0] == "succeeded"


def test_nothing_is_sent_whose_result_could_not_be_written_soon(results, running, monkeypatch) -> None:
    recorder_, told = running
    write, is_away = recorder_.write, threading.Event()
    is_away.set()

    def when_it_is_there(batch) -> None:
        if is_away.is_set():
            raise DatabaseUnavailable
        write(batch)

    monkeypatch.setattr(recorder_, "write", when_it_is_there)
    for name, value in {"PAUSE_SECONDS": 0.01, "MAX_WAIT_SECONDS": 0.05, "MAX_UNWRITTEN": 3}.items():
        monkeypatch.setattr(f"tasks.result_recorder.{name}", value)
    recorder_.start(lambda _: told.set())
    made = [results() for _ in range(3)]
    assert recorder_.wait_for_capacity()
    for result in made:
        recorder_.add(result)
    assert not recorder_.wait_for_capacity()
    is_away.clear()
    assert told.wait(5)
    assert recorder_.wait_for_capacity()


def test_queue_that_does_not_answer_does_not_end_the_recorder(results, running) -> None:
    recorder_, told = running
    faults: list[Exception] = [ConnectionError("the queue is away"), Refusal("service_unavailable", "No database.")]

    def go_on(_: list[delivery_results.AttemptResult]) -> None:
        if faults:
            raise faults.pop()
        told.set()

    recorder_.start(go_on)
    for _ in range(3):
        recorder_.add(results())
        while not told.is_set() and recorder_.has_results():
            told.wait(0.01)
    assert told.wait(5)


def test_result_that_cannot_be_written_does_not_take_the_others_along(results, running, monkeypatch) -> None:
    recorder_, told = running
    bad, good = results(), results()
    record = delivery_results.write_results

    def picky(batch, dice) -> None:
        if any(result.request.delivery_id == bad.request.delivery_id for result in batch):
            raise ValueError("no column holds this")
        record(batch, dice)

    monkeypatch.setattr(delivery_results, "write_results", picky)
    recorder_.add(bad)
    recorder_.add(good)
    recorder_.start(lambda _: told.set())
    assert told.wait(5)
    written = {row.id: row.state for row in deliveries(results.endpoint)}
    assert written[good.request.delivery_id] == "succeeded"
    assert written[bad.request.delivery_id] == "sending"
