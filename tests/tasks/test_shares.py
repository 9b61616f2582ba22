"""Shares of a worker: slow receivers of one dealer leave threads and turns to the others."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from models.clock import now
from models.delivery.claims import OpenEndpoint
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.worker_heartbeat import SilentWorkers
from tasks.dispatcher import QUANTUM, Dispatcher
from tasks.in_flight import IN_FLIGHT_PER_THREAD, InFlight, ProcessAllowance
from tasks.ready_queue import ReadyQueue
from tasks.result_recorder import recorder
from tests.cast import Cast, Person
from tests.receiver import Receiver
from tests.tasks.traffic import edit

THREADS = 4


@contextmanager
def dispatching(end: threading.Event, threads: int = THREADS) -> Iterator[Dispatcher]:
    """A dispatcher in a thread, with a pool of its own; results stay unwritten. Sets `end` before it waits."""
    dispatcher, stopping = Dispatcher(threads), threading.Event()
    thread = threading.Thread(target=dispatcher.run, args=(stopping,))
    thread.start()
    try:
        yield dispatcher
    finally:
        stopping.set()
        end.set()
        dispatcher.sweep_soon()
        thread.join(5)
        dispatcher.stop(time.monotonic() + 5)
        while recorder.has_results():
            recorder.take_batch()


@pytest.fixture
def end(receiver: Receiver) -> threading.Event:
    """The receiver responds when this event is set."""
    event = threading.Event()
    receiver.respond = lambda _: 200 if event.wait(10) else 500
    return event


def open_endpoints(person: Person, receiver: Receiver, count: int, slots: int = 10) -> None:
    watches = person.listings(slots)
    for number in range(count):
        person.endpoint(f"{receiver.url}?{number}")
    Endpoint.update(slots=slots).where(Endpoint.dealer == person.dealer).execute()
    for watch in watches:
        edit(person, watch, 100)


def in_flight(person: Person) -> int:
    return Delivery.select().where(Delivery.dealer == person.dealer, Delivery.state == "sending").count()


def test_dealer_whose_endpoints_begin_to_hang_does_not_delay_another(
    cast: Cast, receiver: Receiver, end: threading.Event
) -> None:
    """Five proven endpoints with ten slots each need more threads than the worker has."""
    open_endpoints(cast.stranger, receiver, 5)
    with Receiver() as healthy, dispatching(end) as dispatcher:
        receiver.wait_for(THREADS)
        open_endpoints(cast.owner, healthy, 1, slots=2)
        changed_at = time.monotonic()
        dispatcher.wake(cast.owner.dealer.id)
        assert healthy.wait_for(1)[0].arrived_at - changed_at < 1


def test_hanging_endpoints_of_a_dealer_get_a_quarter_of_the_threads(
    cast: Cast, receiver: Receiver, end: threading.Event
) -> None:
    open_endpoints(cast.owner, receiver, 3)
    with dispatching(end):
        receiver.wait_for(THREADS * 3)
        time.sleep(0.3)
        assert in_flight(cast.owner) <= THREADS * IN_FLIGHT_PER_THREAD / 4


def test_hundreds_of_endpoints_that_begin_to_hang_leave_requests_for_others() -> None:
    """500 endpoints of 100 dealers, with ten slots each, could use all requests in flight five times over."""
    in_use, succeeded_at = InFlight(limit=32 * IN_FLIGHT_PER_THREAD), now() - 1
    for number in range(500):
        endpoint = OpenEndpoint(f"we_{number}", f"dlr_{number % 100}", 10, 0, True, 10, None, succeeded_at)
        allowance = ProcessAllowance(in_use, places=256, quantum=QUANTUM, worker_id=None)
        granted = allowance.grant(endpoint, 1 if allowance.is_crowded_for(endpoint) else 10)
        assert granted > 0
        in_use.change(endpoint, granted)
    assert in_use.limit - in_use.count() > 100


def test_endpoint_that_succeeds_gets_all_of_its_slots_while_many_requests_are_in_flight() -> None:
    in_use = InFlight(limit=64)
    for number in range(32):
        in_use.change(OpenEndpoint(f"we_{number}", f"dlr_{number}", 10, 0, True, 10, None, None), 1)
    before = OpenEndpoint("we_x", "dlr_x", 10, 0, True, 10, None, now() - 60_000)
    after = OpenEndpoint("we_y", "dlr_y", 10, 0, True, 10, None, now() + 1)
    assert (in_use.is_crowded_for(before), in_use.is_crowded_for(after)) == (True, False)
    for number in range(32):
        in_use.change(OpenEndpoint(f"we_{number}", f"dlr_{number}", 10, 0, True, 10, None, None), -1)
    assert not in_use.is_crowded_for(before)


def test_slow_success_resets_the_slots_to_one(
    cast: Cast, receiver: Receiver, deliver: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An endpoint that responds with 200 after 14 s must not get ten more requests at once."""
    open_endpoints(cast.owner, receiver, 1)
    monkeypatch.setattr("models.delivery.results.FAST_MS", -1)
    deliver()
    assert Endpoint.get().slots == 1


def test_stopped_dispatcher_releases_what_has_not_started(cast: Cast, receiver: Receiver, end: threading.Event) -> None:
    open_endpoints(cast.owner, receiver, 2)
    with dispatching(end, threads=2) as dispatcher:
        receiver.wait_for(2)
        dispatcher.stop(time.monotonic())
        wait_until(lambda: in_flight(cast.owner) == len(receiver.deliveries))


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_dealer_without_a_backlog_precedes_those_with_one() -> None:
    ready = ReadyQueue()
    ready.add_dealers(["a", "b", "c"])
    ready.return_dealers(ready.take_dealers(3, 1), backlogged={"a", "b"}, cut_off={"a", "b"})
    ready.add_dealers(["d", "a", "c"])
    assert ready.take_dealers(2, 2) == ["d", "c", "a", "b"]


def test_dealers_with_a_backlog_take_turns() -> None:
    ready = ReadyQueue()
    ready.add_dealers(["a", "b", "c"])
    taken = []
    ready.return_dealers(ready.take_dealers(3, 0), backlogged={"a", "b", "c"}, cut_off={"a", "b", "c"})
    for _ in range(6):
        [dealer] = ready.take_dealers(1, 1)
        taken.append(dealer)
        ready.return_dealers([dealer], backlogged={dealer}, cut_off={dealer})
    assert taken == ["a", "b", "c", "a", "b", "c"]


def test_worker_is_silent_when_its_counter_stays_the_same() -> None:
    silent = SilentWorkers(max_reads=2)
    reads = [{"a": 1, "b": 1}, {"a": 1, "b": 2}, {"a": 1, "b": 3}, {"a": 1, "b": 3}]
    assert [sorted(silent.observe(read)) for read in reads] == [[], [], ["a"], ["a"]]


def test_after_an_outage_nobody_is_silent_at_once() -> None:
    silent = SilentWorkers(max_reads=2)
    for _ in range(3):
        found = silent.observe({"a": 1})
    assert found == {"a": 1}
    silent.forget()
    assert [silent.observe({"a": 1}) for _ in range(SilentWorkers.GRACE_READS)] == [{}] * SilentWorkers.GRACE_READS
