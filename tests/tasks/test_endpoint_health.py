"""Circuit breaker: an endpoint that keeps failing is warned about at 50, 70 and 90 % of five days, then disabled."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from models.delivery.endpoint import Endpoint
from models.delivery.endpoint_health import check_failing_endpoints
from models.delivery.notice import Notice
from models.listing import Listing
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import edit, states

DAY_SECONDS = 24 * 3600


@pytest.fixture
def failing(cast: Cast, receiver: Receiver, watch: Listing, later: Later) -> Endpoint:
    """An endpoint whose first delivery failed just now."""
    endpoint, _ = cast.owner.endpoint(receiver.url)
    receiver.respond = lambda _: 500
    edit(cast.owner, watch, 100)
    later(1)
    return endpoint


@pytest.fixture
def keep_failing(cast: Cast, watch: Listing, later: Later, failing: Endpoint) -> Callable[[float], None]:
    """`keep_failing(days)`: that time passes, with ten failed deliveries a day."""
    prices = itertools.count(1000)

    def fail_for(days: float) -> None:
        for _ in range(round(days * 10)):
            edit(cast.owner, watch, next(prices))
            later(DAY_SECONDS / 10)

    return fail_for


def notices(cast: Cast) -> list[str]:
    return [notice.kind for notice in Notice.open_for(cast.owner.dealer)]


def test_warnings_are_posted_once_each_at_50_70_and_90_percent(
    failing: Endpoint, cast: Cast, keep_failing: Callable[[float], None]
) -> None:
    counts = []
    for _ in range(49):
        keep_failing(0.1)
        check_failing_endpoints()
        counts.append(len(notices(cast)))
    assert [counts.index(count) + 1 for count in (1, 2, 3)] == [25, 35, 45]
    assert counts[-1] == 3
    assert Endpoint.get_by_id(failing.id).is_enabled


def test_warning_states_when_the_endpoint_will_be_disabled(
    failing: Endpoint, cast: Cast, keep_failing: Callable[[float], None]
) -> None:
    keep_failing(3.6)
    check_failing_endpoints()
    [notice] = Notice.open_for(cast.owner.dealer)
    failing_since = datetime.fromtimestamp((Endpoint.get_by_id(failing.id).failing_since or 0) / 1000, UTC)
    disabled_at = failing_since + timedelta(days=5)
    assert notice.message == (
        f"Every delivery to {failing.url} has failed since {failing_since:%-d %b %Y, %H:%M} UTC. "
        f"The endpoint will be disabled on {disabled_at:%-d %b %Y, %H:%M} UTC unless a delivery succeeds."
    )


def test_endpoint_is_disabled_after_five_days_and_keeps_pending_deliveries(
    failing: Endpoint, cast: Cast, keep_failing: Callable[[float], None]
) -> None:
    keep_failing(5.1)
    check_failing_endpoints()
    disabled = Endpoint.get_by_id(failing.id)
    assert not disabled.is_enabled
    assert disabled.disabled_reason == "Every delivery failed for five days."
    assert notices(cast) == ["endpoint_disabled"]
    assert "pending" in states(failing)


def test_disabled_endpoint_is_not_checked_again(
    cast: Cast, keep_failing: Callable[[float], None], clock: Clock
) -> None:
    keep_failing(5.1)
    check_failing_endpoints()
    clock.forward(5 * DAY_SECONDS)
    assert check_failing_endpoints() == 0
    assert notices(cast) == ["endpoint_disabled"]


def test_one_success_restarts_the_five_days(
    cast: Cast, receiver: Receiver, later: Later, watch: Listing, keep_failing: Callable[[float], None]
) -> None:
    keep_failing(3)
    check_failing_endpoints()
    receiver.respond = lambda _: 200
    edit(cast.owner, cast.owner.listing(), 300)
    later(1)
    receiver.respond = lambda _: 500
    keep_failing(2.4)
    assert check_failing_endpoints() == 0
    keep_failing(0.2)
    assert check_failing_endpoints() == 1
    assert notices(cast) == ["endpoint_failing"] * 2


def test_endpoint_without_failures_is_left_alone(
    cast: Cast, receiver: Receiver, watch: Listing, later: Later, clock: Clock
) -> None:
    cast.owner.endpoint(receiver.url)
    clock.forward(10 * DAY_SECONDS)
    assert check_failing_endpoints() == 0
    edit(cast.owner, watch, 100)
    later(1)
    clock.forward(10 * DAY_SECONDS)
    assert check_failing_endpoints() == 0


def test_dismissed_notice_is_gone_and_other_dealers_see_none(cast: Cast, keep_failing: Callable[[float], None]) -> None:
    keep_failing(3)
    check_failing_endpoints()
    assert Notice.open_for(cast.stranger.dealer).count() == 0
    Notice.open_for(cast.owner.dealer)[0].dismiss()
    assert notices(cast) == []


def test_days_without_attempts_do_not_count_as_failures(
    failing: Endpoint, cast: Cast, clock: Clock, later: Later
) -> None:
    clock.forward(6 * DAY_SECONDS)
    assert check_failing_endpoints() == 0, "the worker was down"
    edit(cast.owner, cast.owner.listing(), 300)
    later(1)
    assert check_failing_endpoints() == 1, "it still fails"
