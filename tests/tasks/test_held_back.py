"""What is held back: paused endpoints, a disabled integration, live events in test mode."""

import pytest

from models.accounts.integration import Integration
from models.delivery.endpoint import Endpoint
from tests.cast import Cast
from tests.client import Client
from tests.receiver import Receiver
from tests.tasks.traffic import deliveries, edit, prices, states

DAY = 24 * 3600


@pytest.fixture
def watch(cast: Cast):
    return cast.owner.listing()


@pytest.fixture
def endpoint(cast: Cast, receiver: Receiver, watch) -> Endpoint:
    return cast.owner.endpoint(receiver.url)[0]


def test_disabled_endpoint_gets_no_delivery_and_keeps_what_is_pending(endpoint, receiver, cast, watch, later) -> None:
    edit(cast.owner, watch, 100)
    endpoint.disable("Paused by the dealer.")
    edit(cast.owner, watch, 200)
    later(30 * DAY)
    assert receiver.deliveries == []
    assert states(endpoint) == ["pending", "queued"]


def test_enabling_an_endpoint_sends_what_waited_in_order(endpoint, receiver, cast, watch, later) -> None:
    endpoint.disable("Paused by the dealer.")
    for price in (100, 200, 300):
        edit(cast.owner, watch, price)
    later(DAY)
    endpoint.enable()
    later(1)
    assert prices(receiver.deliveries) == [100, 200, 300]


def test_enabling_an_endpoint_does_not_wait_for_a_retry_of_tomorrow(endpoint, receiver, cast, watch, later) -> None:
    receiver.answer = lambda _: (503, {"Retry-After": str(DAY)})
    edit(cast.owner, watch, 100)
    later(1)
    endpoint.disable("Paused by the dealer.")
    receiver.answer = lambda _: 200
    endpoint.enable()
    later(1)
    assert states(endpoint) == ["succeeded"]


def test_enabling_an_endpoint_starts_its_record_anew(endpoint, receiver, cast, watch, later) -> None:
    receiver.answer = lambda _: 500
    edit(cast.owner, watch, 100)
    later(1)
    Endpoint.find(cast.owner.dealer, endpoint.id).enable()
    fresh = Endpoint.find(cast.owner.dealer, endpoint.id)
    assert (fresh.consecutive_failures, fresh.failing_since, fresh.disabled_reason) == (0, None, None)


def test_disabled_integration_sends_nothing_until_it_is_enabled(endpoint, receiver, cast, watch, later) -> None:
    integration = Integration.of(cast.owner.dealer)
    integration.switch(is_enabled=False)
    edit(cast.owner, watch, 100)
    later(DAY)
    assert receiver.deliveries == []
    integration.switch(is_enabled=True)
    later(1)
    assert prices(receiver.deliveries) == [100]


def test_live_events_in_test_mode_are_recorded_and_not_delivered(endpoint, receiver, cast, later) -> None:
    live = cast.owner.listing(is_test=False)
    edit(cast.owner, live, 100, is_test=False)
    later(1)
    assert receiver.deliveries == []
    assert deliveries(endpoint) == []


def test_going_live_sends_nothing_retroactively(endpoint, receiver, cast, later, server) -> None:
    live = cast.owner.listing(is_test=False)
    edit(cast.owner, live, 100, is_test=False)
    cast.owner.go_live()
    later(DAY)
    assert receiver.deliveries == []
    recorded = Client(server.url, cast.owner.live_key).list_all("/events")
    assert [event["event"] for event in recorded] == ["listing.published", "listing.updated"]
    edit(cast.owner, live, 200, is_test=False)
    later(1)
    assert prices(receiver.deliveries) == [200]


def test_test_events_are_delivered_in_test_mode(endpoint, receiver, cast, watch, later) -> None:
    edit(cast.owner, watch, 100)
    later(1)
    assert prices(receiver.deliveries) == [100]
    assert receiver.deliveries[0].event["livemode"] is False


def test_live_delivery_that_waits_for_a_retry_is_held_back_when_test_mode_returns(
    endpoint, receiver, cast, later
) -> None:
    cast.owner.go_live()
    live = cast.owner.listing(is_test=False)
    receiver.answer = lambda _: 500
    later(1)
    Integration.of(cast.owner.dealer).switch(is_test_mode=True)
    receiver.answer = lambda _: 200
    later(DAY)
    assert len(receiver.deliveries) == 1
    cast.owner.go_live()
    later(1)
    assert [request.event["data"]["id"] for request in receiver.deliveries] == [live.id] * 2


def test_deleted_endpoint_takes_its_deliveries_along(endpoint, receiver, cast, watch, later) -> None:
    edit(cast.owner, watch, 100)
    endpoint.delete_instance()
    later(1)
    assert receiver.deliveries == []


def test_strangers_events_do_not_arrive(endpoint, receiver, cast, later) -> None:
    cast.stranger.listing()
    later(1)
    assert receiver.deliveries == []
