"""Retries: when a failed delivery is attempted again, and when it has failed for good."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from models.database import connection
from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice
from tasks.result_recorder import recorder
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Delivered, Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import attempts_of, deliveries, edit, states
from tests.worker import send_due

MINUTE, HOUR = 60, 3600
DELAYS = (5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)


def test_failing_delivery_has_ten_attempts_over_three_days(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda _: 500
    later(1)
    for number, delay in enumerate(DELAYS, start=1):
        later(delay * 0.89)
        assert len(receiver.deliveries) == number, f"retry {number} was sent before {delay} s minus 10 %"
        later(delay * 0.22)
        assert len(receiver.deliveries) == number + 1, f"retry {number} was not sent by {delay} s plus 10 %"
    later(30 * 24 * HOUR)
    assert len(receiver.deliveries) == 10
    assert states(endpoint) == ["failed"]


def test_log_states_the_time_of_the_next_attempt(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    receiver.respond = lambda _: 500
    later(1)
    [attempt] = attempts_of(deliveries(endpoint)[0])
    wait = datetime.fromisoformat(attempt["next_attempt_at"]) - datetime.fromisoformat(attempt["finished_at"])
    assert timedelta(seconds=4) <= wait <= timedelta(seconds=5.5)  # from the end of the request, which takes a while


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_in_seconds_postpones(endpoint: Endpoint, receiver: Receiver, later: Later, status: int) -> None:
    receiver.respond = lambda _: (status, {"Retry-After": "120"})
    later(1)
    later(119)
    assert len(receiver.deliveries) == 1
    later(2)
    assert len(receiver.deliveries) == 2


def test_retry_after_as_a_date_postpones(endpoint: Endpoint, receiver: Receiver, later: Later, clock: Clock) -> None:
    at_ten = datetime.fromtimestamp(clock.time, UTC) + timedelta(minutes=10)
    receiver.respond = lambda _: (503, {"Retry-After": format_datetime(at_ten, usegmt=True)})
    later(1)
    later(9 * MINUTE)
    assert len(receiver.deliveries) == 1
    later(2 * MINUTE)
    assert len(receiver.deliveries) == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Security-Policy": "a" * 17_000, "Retry-After": "3600"},
        {"X-Filler": "a" * 16_000, "X-More-Filler": "a" * 60_000, "Retry-After": "3600"},
        {"Retry-After": "60", "retry-after": "3600"},
        {"Retry-After": "60, 3600, 120"},
    ],
    ids=["after a long header", "beyond the log", "two headers", "joined"],
)
def test_longest_retry_after_of_the_whole_head_postpones(
    endpoint: Endpoint, receiver: Receiver, later: Later, headers: dict[str, str]
) -> None:
    receiver.respond = lambda _: (429, headers)
    later(1)
    later(HOUR - 1)
    assert len(receiver.deliveries) == 1
    later(2)
    assert len(receiver.deliveries) == 2


def test_retry_after_of_a_month_counts_as_a_day(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    receiver.respond = lambda _: (429, {"Retry-After": str(30 * 24 * HOUR)})
    later(1)
    later(24 * HOUR + 1)
    assert len(receiver.deliveries) == 2


def test_retry_after_with_another_failure_is_ignored(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    receiver.respond = lambda _: (500, {"Retry-After": "3600"})
    later(1)
    later(6)
    assert len(receiver.deliveries) == 2


def test_410_disables_the_endpoint_and_keeps_pending_deliveries(
    endpoint: Endpoint, receiver: Receiver, later: Later, cast: Cast
) -> None:
    receiver.respond = lambda _: 410
    later(1)
    edit(cast.owner, cast.owner.listing(), 200)
    later(30 * 24 * HOUR)
    assert len(receiver.deliveries) == 1
    disabled = Endpoint.find(cast.owner.dealer, endpoint.id)
    assert (disabled.is_enabled, disabled.disabled_reason) == (False, "The endpoint responded with 410 Gone.")
    assert set(states(endpoint)) == {"pending", "queued"}


def test_several_410s_in_flight_post_one_notice(
    endpoint: Endpoint, receiver: Receiver, later: Later, cast: Cast
) -> None:
    watches = cast.owner.listings(4)
    later(1)
    for watch in watches:
        edit(cast.owner, watch, 200)
    receiver.respond = lambda _: 410
    send_due()
    results = recorder.take_batch() or []
    assert len(results) == 4
    for result in results:
        recorder.write([result])
    assert Notice.open_for(cast.owner.dealer).count() == 1


def test_410_from_the_previous_url_does_not_disable_the_endpoint(
    endpoint: Endpoint, receiver: Receiver, later: Later, cast: Cast
) -> None:
    def change_url(_: Delivered) -> int:
        with connection():
            endpoint.change(url=receiver.url + "/new", events=["*"], mode="both", skips_echoes=False)
        return 410

    receiver.respond = change_url
    later(1)
    assert Endpoint.find(cast.owner.dealer, endpoint.id).is_enabled
    assert Notice.open_for(cast.owner.dealer).count() == 0


def test_410_of_a_removed_endpoint_is_ignored(endpoint: Endpoint, receiver: Receiver, later: Later, cast: Cast) -> None:
    def remove_endpoint(_: Delivered) -> int:
        with connection():
            endpoint.remove()
        return 410

    receiver.respond = remove_endpoint
    later(1)
    assert len(receiver.deliveries) == 1
    assert Notice.open_for(cast.owner.dealer).count() == 0


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_a_failure_and_is_not_followed(
    endpoint: Endpoint, receiver: Receiver, later: Later, status: int
) -> None:
    with Receiver() as elsewhere:
        receiver.respond = lambda _: (status, {"Location": elsewhere.url})
        later(1)
        assert elsewhere.deliveries == []
    assert states(endpoint) == ["pending"]
    assert deliveries(endpoint)[0].last_status == status


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_a_success(endpoint: Endpoint, receiver: Receiver, later: Later, status: int) -> None:
    receiver.respond = lambda _: status
    later(1)
    assert states(endpoint) == ["succeeded"]
    later(30 * 24 * HOUR)
    assert len(receiver.deliveries) == 1


def test_unreachable_receiver_is_a_failure_that_the_log_explains(cast: Cast, later: Later) -> None:
    with Receiver() as gone:
        url = gone.url
    listing = cast.owner.listing()
    endpoint, _ = cast.owner.endpoint(url)
    edit(cast.owner, listing, 100)
    later(1)
    [attempt] = attempts_of(deliveries(endpoint)[0])
    assert (attempt["status"], attempt["error"]) == (None, "connect")
    assert attempt["error_detail"] == "The connection could not be established: Connection refused."
