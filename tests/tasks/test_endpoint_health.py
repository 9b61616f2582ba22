"""An endpoint that only fails: warnings at 50, 70 and 90 per cent of five days, then it is disabled."""

import itertools

import pytest

from models.delivery.endpoint import Endpoint
from models.delivery.endpoint_health import check_failing_endpoints
from models.delivery.notice import Notice
from tests.cast import Cast
from tests.receiver import Receiver
from tests.tasks.traffic import edit, states

DAY = 24 * 3600


@pytest.fixture
def watch(cast: Cast):
    return cast.owner.listing()


@pytest.fixture
def failing(cast: Cast, receiver: Receiver, watch, later) -> Endpoint:
    """An endpoint whose first delivery failed just now."""
    endpoint, _ = cast.owner.endpoint(receiver.url)
    receiver.answer = lambda _: 500
    edit(cast.owner, watch, 100)
    later(1)
    return endpoint


@pytest.fixture
def fails_on(cast: Cast, watch, later, failing):
    """`fails_on(days)`: that long goes by, and every now and then a delivery fails."""

    prices = itertools.count(1000)

    def go_on(days: float) -> None:
        for _ in range(round(days * 10)):
            edit(cast.owner, watch, next(prices))
            later(DAY / 10)

    return go_on


def notices(cast: Cast) -> list[str]:
    return [notice.kind for notice in Notice.open_for(cast.owner.dealer)]


def test_warnings_come_at_half_seven_tenths_and_nine_tenths_once_each(failing, cast, fails_on) -> None:
    seen = []
    for _ in range(49):
        fails_on(0.1)
        check_failing_endpoints()
        seen.append(len(notices(cast)))
    assert [seen.index(count) + 1 for count in (1, 2, 3)] == [25, 35, 45]
    assert seen[-1] == 3
    assert Endpoint.get_by_id(failing.id).is_enabled


def test_warning_says_how_much_of_the_time_is_over(failing, cast, fails_on) -> None:
    fails_on(3.6)
    check_failing_endpoints()
    [notice] = Notice.open_for(cast.owner.dealer)
    assert "70 %" in notice.message
    assert failing.url in notice.message


def test_endpoint_is_disabled_after_five_days_of_failures_and_keeps_what_is_pending(failing, cast, fails_on) -> None:
    fails_on(5.1)
    check_failing_endpoints()
    disabled = Endpoint.get_by_id(failing.id)
    assert not disabled.is_enabled
    assert disabled.disabled_reason == "Every delivery failed for five days."
    assert notices(cast) == ["endpoint_disabled"]
    assert "pending" in states(failing)


def test_disabled_endpoint_is_not_judged_again(cast, fails_on, clock) -> None:
    fails_on(5.1)
    check_failing_endpoints()
    clock.forward(5 * DAY)
    assert check_failing_endpoints() == 0
    assert notices(cast) == ["endpoint_disabled"]


def test_one_success_starts_the_five_days_anew(cast, receiver, later, watch, fails_on) -> None:
    fails_on(3)
    check_failing_endpoints()
    receiver.answer = lambda _: 200
    edit(cast.owner, cast.owner.listing(), 300)
    later(1)
    receiver.answer = lambda _: 500
    fails_on(2.4)
    assert check_failing_endpoints() == 0
    fails_on(0.2)
    assert check_failing_endpoints() == 1
    assert notices(cast) == ["endpoint_failing"] * 2


def test_endpoint_without_traffic_or_with_successes_is_left_alone(cast, receiver, watch, later, clock) -> None:
    cast.owner.endpoint(receiver.url)
    clock.forward(10 * DAY)
    assert check_failing_endpoints() == 0
    edit(cast.owner, watch, 100)
    later(1)
    clock.forward(10 * DAY)
    assert check_failing_endpoints() == 0


def test_dismissed_notice_is_gone_and_strangers_see_none(cast, fails_on) -> None:
    fails_on(3)
    check_failing_endpoints()
    assert Notice.open_for(cast.stranger.dealer).count() == 0
    Notice.open_for(cast.owner.dealer)[0].dismiss()
    assert notices(cast) == []


def test_days_in_which_nothing_was_sent_are_not_held_against_an_endpoint(failing, cast, clock, later) -> None:
    clock.forward(6 * DAY)
    assert check_failing_endpoints() == 0, "the worker was down"
    edit(cast.owner, cast.owner.listing(), 300)
    later(1)
    assert check_failing_endpoints() == 1, "it still fails"
