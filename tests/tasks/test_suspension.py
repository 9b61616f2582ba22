"""Suspended deliveries: disabled endpoints, a disabled integration, live events in test mode."""

from models.accounts.integration import Integration
from models.delivery.endpoint import Endpoint
from models.listing import Listing
from tests.cast import Cast
from tests.client import Client
from tests.hub import Server
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import deliveries, edit, prices, states

DAY_SECONDS = 24 * 3600


def test_disabled_endpoint_gets_no_delivery_and_keeps_pending_ones(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, watch: Listing, later: Later
) -> None:
    edit(cast.owner, watch, 100)
    idle_endpoint.disable("Disabled by the dealer.")
    edit(cast.owner, watch, 200)
    later(30 * DAY_SECONDS)
    assert receiver.deliveries == []
    assert states(idle_endpoint) == ["pending", "queued"]


def test_enabling_an_endpoint_sends_pending_deliveries_in_order(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, watch: Listing, later: Later
) -> None:
    idle_endpoint.disable("Disabled by the dealer.")
    for price in (100, 200, 300):
        edit(cast.owner, watch, price)
    later(DAY_SECONDS)
    idle_endpoint.enable()
    later(1)
    assert prices(receiver.deliveries) == [100, 200, 300]


def test_enabling_an_endpoint_makes_scheduled_retries_due(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, watch: Listing, later: Later
) -> None:
    receiver.respond = lambda _: (503, {"Retry-After": str(DAY_SECONDS)})
    edit(cast.owner, watch, 100)
    later(1)
    idle_endpoint.disable("Disabled by the dealer.")
    receiver.respond = lambda _: 200
    idle_endpoint.enable()
    later(1)
    assert states(idle_endpoint) == ["succeeded"]


def test_enabling_an_endpoint_resets_its_failures(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, watch: Listing, later: Later
) -> None:
    receiver.respond = lambda _: 500
    edit(cast.owner, watch, 100)
    later(1)
    Endpoint.find(cast.owner.dealer, idle_endpoint.id).enable()
    fresh = Endpoint.find(cast.owner.dealer, idle_endpoint.id)
    assert (fresh.consecutive_failures, fresh.failing_since, fresh.disabled_reason) == (0, None, None)


def test_disabled_integration_sends_nothing_until_it_is_enabled(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, watch: Listing, later: Later
) -> None:
    integration = Integration.of(cast.owner.dealer)
    integration.switch(is_enabled=False)
    edit(cast.owner, watch, 100)
    later(DAY_SECONDS)
    assert receiver.deliveries == []
    integration.switch(is_enabled=True)
    later(1)
    assert prices(receiver.deliveries) == [100]


def test_live_events_in_test_mode_are_recorded_and_not_delivered(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, later: Later
) -> None:
    live = cast.owner.listing(is_test=False)
    edit(cast.owner, live, 100, is_test=False)
    later(1)
    assert receiver.deliveries == []
    assert deliveries(idle_endpoint) == []


def test_going_live_sends_nothing_retroactively(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, later: Later, server: Server
) -> None:
    live = cast.owner.listing(is_test=False)
    edit(cast.owner, live, 100, is_test=False)
    cast.owner.go_live()
    later(DAY_SECONDS)
    assert receiver.deliveries == []
    recorded = Client(server.url, cast.owner.live_key).list_all("/events")
    assert [event["event"] for event in recorded] == ["listing.published", "listing.updated"]
    edit(cast.owner, live, 200, is_test=False)
    later(1)
    assert prices(receiver.deliveries) == [200]


def test_test_events_are_delivered_in_test_mode(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, watch: Listing, later: Later
) -> None:
    edit(cast.owner, watch, 100)
    later(1)
    assert prices(receiver.deliveries) == [100]
    assert receiver.deliveries[0].event["livemode"] is False


def test_live_delivery_that_waits_for_a_retry_is_suspended_in_test_mode(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, later: Later
) -> None:
    cast.owner.go_live()
    live = cast.owner.listing(is_test=False)
    receiver.respond = lambda _: 500
    later(1)
    Integration.of(cast.owner.dealer).switch(is_test_mode=True)
    receiver.respond = lambda _: 200
    later(DAY_SECONDS)
    assert len(receiver.deliveries) == 1
    cast.owner.go_live()
    later(1)
    assert [request.event["data"]["id"] for request in receiver.deliveries] == [live.id] * 2


def test_deleting_an_endpoint_deletes_its_deliveries(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, watch: Listing, later: Later
) -> None:
    edit(cast.owner, watch, 100)
    idle_endpoint.delete_instance()
    later(1)
    assert receiver.deliveries == []


def test_events_of_other_dealers_are_not_delivered(
    idle_endpoint: Endpoint, receiver: Receiver, cast: Cast, later: Later
) -> None:
    cast.stranger.listing()
    later(1)
    assert receiver.deliveries == []
