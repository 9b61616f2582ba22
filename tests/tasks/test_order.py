"""Deliveries of one resource go out in the order of its events; nothing else waits."""

import pytest

from models.delivery.delivery import Delivery
from models.listing import Listing
from tests.cast import Cast
from tests.receiver import Delivered, Receiver
from tests.tasks.traffic import deliveries, edit, prices, states

MINUTE, HOUR = 60, 3600


@pytest.fixture
def watch(cast: Cast) -> Listing:
    return cast.owner.listing()


@pytest.fixture
def endpoint(cast: Cast, receiver: Receiver, watch: Listing):
    """Three edits of one watch are to be delivered: 100, 200, 300."""
    endpoint, _ = cast.owner.endpoint(receiver.url)
    for price in (100, 200, 300):
        edit(cast.owner, watch, price)
    return endpoint


def test_events_of_a_watch_arrive_in_their_order(endpoint, receiver, later) -> None:
    later(1)
    assert prices(receiver.deliveries) == [100, 200, 300]


def test_later_events_wait_while_the_first_is_retried_within_five_minutes(endpoint, receiver, later) -> None:
    receiver.answer = lambda _: 500
    later(1)
    later(6)
    assert prices(receiver.deliveries) == [100, 100]
    assert states(endpoint) == ["pending", "queued", "queued"]


def test_later_events_follow_when_the_first_succeeds(endpoint, receiver, later) -> None:
    receiver.answer = lambda _: 500
    later(1)
    receiver.answer = lambda _: 200
    later(6)
    assert prices(receiver.deliveries) == [100, 100, 200, 300]


def test_a_wait_of_over_five_minutes_is_passed_over(endpoint, receiver, later) -> None:
    receiver.answer = _fails(100)
    later(1)
    later(6)
    later(331)
    assert prices(receiver.deliveries) == [100, 100, 100, 200, 300]
    assert states(endpoint) == ["pending", "succeeded", "succeeded"]


def test_retry_after_of_over_five_minutes_is_passed_over_at_once(endpoint, receiver, later) -> None:
    receiver.answer = lambda request: (503, {"Retry-After": "600"}) if prices([request]) == [100] else 200
    later(1)
    assert prices(receiver.deliveries) == [100, 200, 300]


def test_what_was_passed_over_still_arrives(endpoint, receiver, later) -> None:
    receiver.answer = _fails(100)
    for seconds in (1, 6, 331):
        later(seconds)
    receiver.answer = lambda _: 200
    later(HOUR)
    assert prices(receiver.deliveries)[-1] == 100
    assert states(endpoint) == ["succeeded"] * 3


def test_an_event_after_a_passed_over_one_does_not_wait(endpoint, receiver, later, cast, watch) -> None:
    receiver.answer = _fails(100)
    for seconds in (1, 6, 331):
        later(seconds)
    edit(cast.owner, watch, 400)
    later(1)
    assert prices(receiver.deliveries)[-1] == 400


def test_other_watches_do_not_wait(endpoint, receiver, later, cast) -> None:
    other = cast.owner.listing()
    receiver.answer = _fails(100)
    later(1)
    edit(cast.owner, other, 999)
    later(6)
    assert 999 in prices(receiver.deliveries)
    assert 200 not in prices(receiver.deliveries)


def test_other_endpoints_do_not_wait(endpoint, receiver, later, cast, watch) -> None:
    with Receiver() as healthy:
        cast.owner.endpoint(healthy.url)
        receiver.answer = lambda _: 500
        for price in (400, 500):
            edit(cast.owner, watch, price)
        later(1)
        assert prices(healthy.deliveries) == [400, 500]


def test_later_events_follow_when_the_first_is_given_up(receiver, later, cast, watch) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    edit(cast.owner, watch, 100)
    [first] = deliveries(endpoint)
    Delivery.update(step=9, attempts=9).where(Delivery.id == first.id).execute()
    edit(cast.owner, watch, 200)
    receiver.answer = _fails(100)
    later(1)
    assert prices(receiver.deliveries) == [100, 200]
    assert states(endpoint) == ["failed", "succeeded"]


def test_a_manual_retry_of_the_first_lets_the_others_follow(endpoint, receiver, later, deliver) -> None:
    receiver.answer = lambda _: 500
    later(1)
    receiver.answer = lambda _: 200
    deliveries(endpoint)[0].retry()
    later(1)
    assert prices(receiver.deliveries) == [100, 100, 200, 300]


def test_a_manual_retry_that_fails_keeps_the_others_in_line(endpoint, receiver, later) -> None:
    receiver.answer = lambda _: 500
    later(1)
    deliveries(endpoint)[0].retry()
    later(1)
    assert prices(receiver.deliveries) == [100, 100]
    assert states(endpoint) == ["pending", "queued", "queued"]


def _fails(price: int):
    def answer(request: Delivered) -> int:
        return 500 if prices([request]) == [price] else 200

    return answer
