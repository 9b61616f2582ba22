"""Simulated receivers: each failure in the delivery log, without a request."""

from collections.abc import Callable

import pytest

import config
from errors import Invalid
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint, check_host
from models.delivery.ping import send_ping
from tests.cast import Cast

Deliver = Callable[[], None]


def url_of(name: str) -> str:
    return f"{config.PUBLIC_URL}/test/receivers/{name}"


@pytest.mark.parametrize(
    ("name", "state", "status", "error"),
    [
        ("ok", "succeeded", 200, None),
        ("slow", "succeeded", 200, None),
        ("timeout", "pending", None, "timeout"),
        ("500", "pending", 500, None),
        ("410", "pending", 410, None),
        ("429", "pending", 429, None),
        ("flaky", "pending", 503, None),
        ("redirect", "pending", 302, None),
    ],
)
def test_attempt_is_logged_like_any_other(
    cast: Cast, deliver: Deliver, name: str, state: str, status: int | None, error: str | None
) -> None:
    endpoint, _ = cast.owner.endpoint(url_of(name), mode="test")
    send_ping(cast.owner.actor(), None)
    deliver()
    [delivery] = Delivery.of(cast.owner.dealer)
    [attempt] = Attempt.of(delivery)
    assert (delivery.state, delivery.last_status, delivery.last_error) == (state, status, error)
    assert (attempt.url, "WTH-Signature" in attempt.request_headers) == (url_of(name), True)
    assert Endpoint.get_by_id(endpoint.id).is_enabled == (name != "410")


def test_flaky_receiver_accepts_the_third_attempt(cast: Cast, deliver: Deliver) -> None:
    cast.owner.endpoint(url_of("flaky"), mode="test")
    send_ping(cast.owner.actor(), None)
    for _ in range(3):
        deliver()
        Delivery.update(due_at=0).execute()
    [delivery] = Delivery.of(cast.owner.dealer)
    assert [attempt.status for attempt in Attempt.of(delivery)] == [503, 503, 200]


@pytest.mark.parametrize("mode", ["both", "live"])
def test_simulated_receiver_gets_no_live_events(cast: Cast, mode: str) -> None:
    with pytest.raises(Invalid) as caught:
        cast.owner.endpoint(url_of("ok"), mode=mode)
    assert caught.value.param == "mode"


@pytest.mark.parametrize("suffix", ["", "OK", "ok/", "ok?x=1", "ok#x", "../../api", "nothing", "ok@127.0.0.1"])
def test_any_other_url_of_the_hub_is_checked_like_every_url(monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    monkeypatch.setattr(config, "ALLOW_PRIVATE_WEBHOOKS", False)
    monkeypatch.setattr(config, "PUBLIC_URL", "http://localhost:8080")
    with pytest.raises(Invalid):
        check_host(url_of(suffix))
    check_host(url_of("ok"))
