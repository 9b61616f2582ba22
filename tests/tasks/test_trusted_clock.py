"""The clock jumps ahead: retention deletes nothing until the hub has run for a day without another jump."""

import pytest

from models.clock import HOUR_MS, now
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.idempotency import IdempotencyRecord
from models.jobs.trusted_clock import read_trusted_clock
from models.listing import Listing
from tasks.periodic_jobs import run_periodic_jobs
from tests.client import Client
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later

HOUR_SECONDS, DAY_SECONDS = 3600, 86_400


def run_for(clock: Clock, seconds: int, step: int = HOUR_SECONDS) -> None:
    for _ in range(seconds // step):
        clock.forward(step)
        run_periodic_jobs.call_local()


def count_rows() -> list[int]:
    return [table.select().count() for table in (Delivery, Attempt, Event, IdempotencyRecord)]


@pytest.fixture
def busy(endpoint: Endpoint, api: Client, watch: Listing, later: Later, clock: Clock) -> list[int]:
    """The numbers of rows of a hub that has run for an hour."""
    assert api.order(watch.id).status_code == 201
    later(1)
    run_for(clock, HOUR_SECONDS, step=600)
    return count_rows()


@pytest.mark.parametrize("ahead", [DAY_SECONDS, 100 * DAY_SECONDS], ids=["a day", "100 days"])
def test_jump_ahead_for_a_while_deletes_nothing(busy: list[int], clock: Clock, ahead: int) -> None:
    clock.forward(ahead)
    run_for(clock, 120, step=60)
    run_for(clock, 6 * HOUR_SECONDS)
    clock.forward(-ahead)
    run_for(clock, HOUR_SECONDS, step=600)
    assert count_rows() == busy
    assert read_trusted_clock() == now()


def test_jump_ahead_disables_no_endpoint(
    endpoint: Endpoint, receiver: Receiver, later: Later, busy: list[int], clock: Clock
) -> None:
    Endpoint.update(failing_since=now(), last_failure_at=now(), consecutive_failures=1).execute()
    clock.forward(6 * DAY_SECONDS)
    Endpoint.update(last_failure_at=now()).execute()
    run_for(clock, 120, step=60)
    assert Endpoint.get_by_id(endpoint.id).is_enabled


def test_clock_that_stays_ahead_is_trusted_after_a_day(busy: list[int], clock: Clock) -> None:
    clock.forward(100 * DAY_SECONDS)
    run_for(clock, DAY_SECONDS - 2 * HOUR_SECONDS)
    assert count_rows() == busy
    run_for(clock, 5 * HOUR_SECONDS)
    assert count_rows() == [0, 0, 0, 0]


def test_hub_that_is_stopped_every_night_still_deletes(busy: list[int], clock: Clock) -> None:
    started_at = read_trusted_clock()
    for _ in range(2):
        clock.forward(16 * HOUR_SECONDS)
        run_for(clock, 8 * HOUR_SECONDS)
    assert read_trusted_clock() - started_at >= 2 * 7 * HOUR_MS


def test_upgraded_hub_begins_with_the_time_of_its_last_write(endpoint: Endpoint, later: Later, clock: Clock) -> None:
    later(1)
    rows = count_rows()
    clock.forward(100 * DAY_SECONDS)
    run_for(clock, 120, step=60)
    assert count_rows() == rows
