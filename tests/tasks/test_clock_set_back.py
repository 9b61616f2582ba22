"""The system clock is set back: due deliveries stay due."""

import pytest

from models.delivery import claims
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.redelivery import FailedDeliveries
from models.jobs.periodic import PeriodicLock
from tasks.periodic_jobs import run_periodic_jobs
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import deliveries, edit, states

HOUR_SECONDS = 3600


@pytest.fixture
def endpoint(cast: Cast, receiver: Receiver, later: Later, clock: Clock) -> Endpoint:
    """An endpoint of a dealer whose last change was made just before the clock was set back by an hour."""
    endpoint, _ = cast.owner.endpoint(receiver.url, events=["listing.updated"])
    edit(cast.owner, cast.owner.listing(), 100)
    later(1)
    clock.forward(-HOUR_SECONDS)
    receiver.deliveries.clear()
    return endpoint


def test_new_event_is_sent_at_once(endpoint: Endpoint, cast: Cast, receiver: Receiver, later: Later) -> None:
    edit(cast.owner, cast.owner.listing(), 200)
    later(1)
    assert len(receiver.deliveries) == 1


def test_manual_retry_is_sent_at_once(endpoint: Endpoint, cast: Cast, receiver: Receiver, later: Later) -> None:
    deliveries(endpoint)[0].retry()
    later(1)
    assert len(receiver.deliveries) == 1


def test_bulk_retry_is_sent_at_once(endpoint: Endpoint, cast: Cast, receiver: Receiver, later: Later) -> None:
    Delivery.update(state="failed").execute()
    assert list(FailedDeliveries(cast.owner.dealer, since=0, until=2**52).retry()) == [1]
    later(1)
    assert len(receiver.deliveries) == 1


def test_enabled_endpoint_gets_its_deliveries_at_once(
    endpoint: Endpoint, cast: Cast, receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda _: 500
    edit(cast.owner, cast.owner.listing(), 200)
    later(1)
    Endpoint.get_by_id(endpoint.id).enable()
    later(1)
    assert len(receiver.deliveries) == 2


def test_lease_of_a_worker_that_died_before_does_not_last_an_hour(
    cast: Cast, receiver: Receiver, later: Later, clock: Clock
) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url, events=["listing.updated"])
    edit(cast.owner, cast.owner.listing(), 100)
    clock.forward(1)
    assert len(claims.claim_for_endpoints([endpoint.id])) == 1
    clock.forward(-HOUR_SECONDS)
    run_periodic_jobs.call_local()
    later(61)
    assert states(endpoint) == ["succeeded"]


def test_periodic_jobs_run_all_the_same(clock: Clock) -> None:
    assert PeriodicLock.claim("job", 60_000)
    clock.forward(-HOUR_SECONDS)
    assert PeriodicLock.claim("job", 60_000)
    assert not PeriodicLock.claim("job", 60_000)
