"""The clock ran ahead and is right again: nothing that was recorded meanwhile waits for it."""

import pytest

from models.delivery.endpoint import Endpoint
from models.listing import Listing
from tasks.clock_monitor import ClockMonitor
from tasks.periodic_jobs import run_periodic_jobs
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import deliveries, edit, states

HOUR_SECONDS, DAY_SECONDS = 3600, 86_400


@pytest.fixture(params=[HOUR_SECONDS, DAY_SECONDS], ids=["an hour", "a day"])
def ahead(request: pytest.FixtureRequest) -> int:
    seconds: int = request.param
    return seconds


@pytest.fixture
def monitor(clock: Clock) -> ClockMonitor:
    """The worker's monitor, which has seen the right clock."""
    monitor = ClockMonitor()
    monitor.check()
    return monitor


def test_event_recorded_meanwhile_is_sent_at_once(
    idle_endpoint: Endpoint, cast: Cast, watch: Listing, clock: Clock, monitor: ClockMonitor, later: Later, ahead: int
) -> None:
    clock.forward(ahead)
    monitor.check()
    edit(cast.owner, watch, 100)
    clock.forward(-ahead)
    later(1)
    assert states(idle_endpoint) == ["pending"]
    monitor.check()
    later(1)
    assert states(idle_endpoint) == ["succeeded"]


def test_worker_that_starts_later_sends_it_too(
    idle_endpoint: Endpoint, cast: Cast, watch: Listing, clock: Clock, later: Later, ahead: int
) -> None:
    clock.forward(ahead)
    edit(cast.owner, watch, 100)
    clock.forward(-ahead)
    ClockMonitor().check()
    later(1)
    assert states(idle_endpoint) == ["succeeded"]


def test_retry_keeps_its_delay(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, monitor: ClockMonitor, later: Later, ahead: int
) -> None:
    receiver.respond = lambda _: 500
    clock.forward(ahead)
    monitor.check()
    later(1)
    clock.forward(-ahead)
    receiver.respond = lambda _: 200
    monitor.check()
    later(3)
    assert len(receiver.deliveries) == 1, "the retry is due after five seconds"
    later(4)
    assert len(receiver.deliveries) == 2


def test_manual_retry_is_due(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, monitor: ClockMonitor, later: Later, ahead: int
) -> None:
    later(1)
    clock.forward(ahead)
    monitor.check()
    deliveries(endpoint)[0].retry()
    clock.forward(-ahead)
    monitor.check()
    later(1)
    assert len(receiver.deliveries) == 2


def test_periodic_job_repairs_what_a_monitor_missed(
    idle_endpoint: Endpoint, cast: Cast, watch: Listing, clock: Clock, later: Later, ahead: int
) -> None:
    clock.forward(ahead)
    edit(cast.owner, watch, 100)
    clock.forward(-ahead)
    run_periodic_jobs.call_local()
    later(1)
    assert states(idle_endpoint) == ["succeeded"]


def test_retry_of_a_right_clock_is_not_made_due_earlier(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, later: Later
) -> None:
    receiver.respond = lambda _: 500
    later(1)
    later(6)
    due_at = deliveries(endpoint)[0].due_at
    ClockMonitor().check()
    run_periodic_jobs.call_local()
    assert deliveries(endpoint)[0].due_at == due_at
    assert len(receiver.deliveries) == 2


def test_later_events_are_due_at_once_although_the_dealer_was_written_in_the_future(
    idle_endpoint: Endpoint, cast: Cast, watch: Listing, clock: Clock, later: Later, ahead: int
) -> None:
    clock.forward(ahead)
    cast.owner.listing()
    clock.forward(-ahead)
    ClockMonitor().check()
    edit(cast.owner, watch, 100)
    later(1)
    assert set(states(idle_endpoint)) == {"succeeded"}
