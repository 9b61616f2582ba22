"""Ordering: deliveries of one resource are sent in the order of its events; nothing else waits."""

from collections.abc import Callable

import pytest

from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.listing import Listing
from tests.cast import Cast
from tests.receiver import Delivered, Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import deliveries, edit, prices, states

HOUR_SECONDS = 3600


@pytest.fixture
def endpoint(endpoint: Endpoint, cast: Cast, watch: Listing) -> Endpoint:
    """An endpoint with deliveries of three edits of one watch: 100, 200, 300."""
    for price in (200, 300):
        edit(cast.owner, watch, price)
    return endpoint


def test_events_of_a_watch_arrive_in_order(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    later(1)
    assert prices(receiver.deliveries) == [100, 200, 300]


def test_later_events_stay_queued_while_the_first_is_retried_within_five_minutes(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda _: 500
    later(1)
    later(6)
    assert prices(receiver.deliveries) == [100, 100]
    assert states(endpoint) == ["pending", "queued", "queued"]


def test_later_events_follow_when_the_first_succeeds(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    receiver.respond = lambda _: 500
    later(1)
    receiver.respond = lambda _: 200
    later(6)
    assert prices(receiver.deliveries) == [100, 100, 200, 300]


def test_a_delay_over_five_minutes_lets_later_events_overtake(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    receiver.respond = _fail_for(100)
    later(1)
    later(6)
    later(331)
    assert prices(receiver.deliveries) == [100, 100, 100, 200, 300]
    assert states(endpoint) == ["pending", "succeeded", "succeeded"]


def test_a_retry_after_over_five_minutes_lets_later_events_overtake_at_once(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda request: (503, {"Retry-After": "600"}) if prices([request]) == [100] else 200
    later(1)
    assert prices(receiver.deliveries) == [100, 200, 300]


def test_an_overtaken_delivery_still_arrives(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    receiver.respond = _fail_for(100)
    for seconds in (1, 6, 331):
        later(seconds)
    receiver.respond = lambda _: 200
    later(HOUR_SECONDS)
    assert prices(receiver.deliveries)[-1] == 100
    assert states(endpoint) == ["succeeded"] * 3


def test_an_event_after_an_overtaken_one_does_not_wait(
    endpoint: Endpoint, receiver: Receiver, later: Later, cast: Cast, watch: Listing
) -> None:
    receiver.respond = _fail_for(100)
    for seconds in (1, 6, 331):
        later(seconds)
    edit(cast.owner, watch, 400)
    later(1)
    assert prices(receiver.deliveries)[-1] == 400


def test_other_watches_do_not_wait(endpoint: Endpoint, receiver: Receiver, later: Later, cast: Cast) -> None:
    other = cast.owner.listing()
    receiver.respond = _fail_for(100)
    later(1)
    edit(cast.owner, other, 999)
    later(6)
    assert 999 in prices(receiver.deliveries)
    assert 200 not in prices(receiver.deliveries)


def test_other_endpoints_do_not_wait(
    endpoint: Endpoint, receiver: Receiver, later: Later, cast: Cast, watch: Listing
) -> None:
    with Receiver() as healthy:
        cast.owner.endpoint(healthy.url)
        receiver.respond = lambda _: 500
        for price in (400, 500):
            edit(cast.owner, watch, price)
        later(1)
        assert prices(healthy.deliveries) == [400, 500]


def test_later_events_follow_when_the_first_has_failed(
    receiver: Receiver, later: Later, cast: Cast, watch: Listing
) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    edit(cast.owner, watch, 100)
    [first] = deliveries(endpoint)
    Delivery.update(step=9, attempts=9).where(Delivery.id == first.id).execute()
    edit(cast.owner, watch, 200)
    receiver.respond = _fail_for(100)
    later(1)
    assert prices(receiver.deliveries) == [100, 200]
    assert states(endpoint) == ["failed", "succeeded"]


def test_a_manual_retry_of_the_first_lets_the_others_follow(
    endpoint: Endpoint, receiver: Receiver, later: Later, deliver: Callable[[], None]
) -> None:
    receiver.respond = lambda _: 500
    later(1)
    receiver.respond = lambda _: 200
    deliveries(endpoint)[0].retry()
    later(1)
    assert prices(receiver.deliveries) == [100, 100, 200, 300]


def test_a_manual_retry_that_fails_keeps_the_others_queued(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda _: 500
    later(1)
    deliveries(endpoint)[0].retry()
    later(1)
    assert prices(receiver.deliveries) == [100, 100]
    assert states(endpoint) == ["pending", "queued", "queued"]


def _fail_for(price: int) -> Callable[[Delivered], int]:
    def respond(request: Delivered) -> int:
        return 500 if prices([request]) == [price] else 200

    return respond
