"""Subscriptions: the event types, mode and echoes that an endpoint receives."""

from collections.abc import Callable

import pytest

from errors import Invalid
from models.delivery.ping import send_ping
from tests.cast import Cast
from tests.client import Client
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import edit

ALL = ["listing.published", "listing.updated", "order.received", "listing.sold"]


@pytest.fixture
def sale(cast: Cast, api: Client, later: Later) -> Callable[[], None]:
    """A watch is published, edited and ordered."""

    def sell() -> None:
        watch = cast.owner.listing()
        edit(cast.owner, watch, 100)
        assert api.order(watch.id).status_code == 201
        later(1)

    return sell


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["*"], ALL),
        (["listing.*"], ["listing.published", "listing.updated", "listing.sold"]),
        (["order.*"], ["order.received"]),
        (["listing.sold", "order.received"], ["order.received", "listing.sold"]),
        (["customer.matched"], []),
        (["listing.updated", "listing.*"], ["listing.published", "listing.updated", "listing.sold"]),
    ],
)
def test_endpoint_gets_what_it_subscribes_to_once(
    cast: Cast, receiver: Receiver, sale: Callable[[], None], patterns: list[str], expected: list[str]
) -> None:
    cast.owner.endpoint(receiver.url, events=patterns)
    sale()
    assert sorted(receiver.events) == sorted(expected)


@pytest.mark.parametrize("patterns", [[], ["listing"], ["listing.wound"], ["*.sold"], [""], ["*", "order"]])
def test_unknown_event_types_are_rejected(cast: Cast, receiver: Receiver, patterns: list[str]) -> None:
    with pytest.raises(Invalid):
        cast.owner.endpoint(receiver.url, events=patterns)


def test_endpoint_that_skips_echoes_gets_no_events_of_api_calls(
    cast: Cast, receiver: Receiver, sale: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url, skips_echoes=True)
    sale()
    assert receiver.events == ["listing.published", "listing.updated"]


def test_ping_ignores_subscriptions_and_skipped_echoes(
    cast: Cast, receiver: Receiver, api: Client, later: Later
) -> None:
    cast.owner.endpoint(receiver.url, events=["order.fulfilled"], skips_echoes=True)
    assert api.post("/test/webhook_ping", {"message": "Anyone there?"}).status_code == 201
    later(1)
    assert receiver.events == ["integration.test_event"]
    assert receiver.deliveries[0].event["data"] == {"message": "Anyone there?", "triggered_by": "api"}


@pytest.mark.parametrize(("mode", "expected"), [("test", [False]), ("live", [True]), ("both", [False, True])])
def test_endpoint_gets_events_of_its_mode_only(
    cast: Cast, receiver: Receiver, later: Later, mode: str, expected: list[bool]
) -> None:
    cast.owner.go_live()
    cast.owner.endpoint(receiver.url, mode=mode)
    cast.owner.listing()
    cast.owner.listing(is_test=False)
    later(1)
    assert sorted(request.event["livemode"] for request in receiver.deliveries) == expected


def test_ping_reaches_every_endpoint_of_test_mode(cast: Cast, receiver: Receiver, later: Later) -> None:
    with Receiver() as live_only, Receiver() as second:
        cast.owner.endpoint(receiver.url, mode="test")
        cast.owner.endpoint(second.url)
        cast.owner.endpoint(live_only.url, mode="live")
        send_ping(cast.owner.actor(), None)
        later(1)
        assert receiver.events == second.events == ["integration.test_event"]
        assert live_only.events == []
