"""Secret rotation: both secrets sign during the grace period, and no delivery is lost."""

import hashlib
import hmac
import re
from collections.abc import Callable

import pytest

from errors import Invalid, Refusal
from models.clock import DAY_MS, HOUR_MS, now
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.ping import send_test_event
from models.retention import delete_expired_secrets
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Delivered, Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import edit


@pytest.fixture
def registered(cast: Cast, receiver: Receiver) -> tuple[Endpoint, str]:
    return cast.owner.endpoint(receiver.url)


@pytest.fixture
def delivery_is_signed_by(cast: Cast, receiver: Receiver, later: Later) -> Callable[..., bool]:
    """`delivery_is_signed_by(secret, …)`: sends a delivery; True if exactly these secrets signed it, in this order."""
    listing = cast.owner.listing()

    def send_and_check(*secrets: str) -> bool:
        edit(cast.owner, listing, 100 + len(receiver.deliveries))
        later(1)
        return signed_by(receiver.deliveries[-1], *secrets)

    return send_and_check


def test_both_secrets_sign_during_the_grace_period_the_new_one_first(
    registered: tuple[Endpoint, str], delivery_is_signed_by: Callable[..., bool]
) -> None:
    endpoint, old = registered
    new = endpoint.rotate_secret()
    assert new != old
    assert delivery_is_signed_by(new, old)


def test_the_previous_secret_stops_signing_when_the_grace_period_ends(
    registered: tuple[Endpoint, str], delivery_is_signed_by: Callable[..., bool], clock: Clock
) -> None:
    endpoint, old = registered
    new = endpoint.rotate_secret(HOUR_MS)
    clock.forward(3590)
    assert delivery_is_signed_by(new, old)
    clock.forward(20)
    assert delivery_is_signed_by(new)


def test_the_default_grace_period_is_a_day(
    registered: tuple[Endpoint, str], delivery_is_signed_by: Callable[..., bool], clock: Clock
) -> None:
    endpoint, old = registered
    new = endpoint.rotate_secret()
    clock.forward(DAY_MS / 1000 - 10)
    assert delivery_is_signed_by(new, old)
    clock.forward(20)
    assert delivery_is_signed_by(new)


def test_without_a_grace_period_the_previous_secret_stops_at_once(
    registered: tuple[Endpoint, str], delivery_is_signed_by: Callable[..., bool]
) -> None:
    assert delivery_is_signed_by(registered[0].rotate_secret(0))


def test_a_revoked_secret_stops_signing_at_once(
    registered: tuple[Endpoint, str], delivery_is_signed_by: Callable[..., bool]
) -> None:
    endpoint, _ = registered
    new = endpoint.rotate_secret()
    endpoint.revoke_previous_secret()
    assert delivery_is_signed_by(new)


def test_a_second_rotation_during_the_grace_period_is_rejected(registered: tuple[Endpoint, str]) -> None:
    endpoint, _ = registered
    endpoint.rotate_secret()
    with pytest.raises(Refusal) as error:
        endpoint.rotate_secret()
    assert error.value.code == "rotation_running"


def test_a_second_rotation_is_possible_after_the_first_has_ended(
    registered: tuple[Endpoint, str], delivery_is_signed_by: Callable[..., bool], clock: Clock
) -> None:
    endpoint, _ = registered
    endpoint.rotate_secret(HOUR_MS)
    clock.forward(3601)
    second = endpoint.rotate_secret()
    endpoint.revoke_previous_secret()
    third = endpoint.rotate_secret()
    assert delivery_is_signed_by(third, second)


@pytest.mark.parametrize("grace_ms", [-1, 7 * DAY_MS + 1])
def test_a_grace_period_over_seven_days_is_rejected(registered: tuple[Endpoint, str], grace_ms: int) -> None:
    with pytest.raises(Invalid):
        registered[0].rotate_secret(grace_ms)


def test_a_delivery_that_waits_for_a_retry_is_signed_with_the_new_secret(
    registered: tuple[Endpoint, str], receiver: Receiver, cast: Cast, later: Later
) -> None:
    endpoint, old = registered
    listing = cast.owner.listing()
    receiver.respond = lambda _: 500
    later(1)
    new = endpoint.rotate_secret()
    later(6)
    assert signed_by(receiver.deliveries[0], old)
    assert signed_by(receiver.deliveries[-1], new, old)
    assert {request.event["data"]["id"] for request in receiver.deliveries} == {listing.id}


def test_a_test_event_can_be_signed_by_the_new_secret_alone(
    registered: tuple[Endpoint, str], receiver: Receiver, cast: Cast, later: Later
) -> None:
    endpoint, _ = registered
    new = endpoint.rotate_secret()
    send_test_event(cast.owner.actor(), endpoint, signs_newest_only=True)
    later(1)
    assert receiver.events == ["integration.test_event"]
    assert signed_by(receiver.deliveries[0], new)


def test_an_expired_secret_is_deleted_and_a_valid_one_is_kept(registered: tuple[Endpoint, str], clock: Clock) -> None:
    endpoint, _ = registered
    endpoint.rotate_secret(HOUR_MS)
    assert delete_expired_secrets(now()) == 0
    clock.forward(3601)
    assert delete_expired_secrets(now()) == 1
    assert Endpoint.get_by_id(endpoint.id).previous_secret is None


def test_a_secret_is_encrypted_at_rest(registered: tuple[Endpoint, str]) -> None:
    endpoint, secret = registered
    stored = Endpoint.get_by_id(endpoint.id).secret
    assert secret not in stored
    assert secret.removeprefix("whsec_") not in stored
    assert "secret" not in endpoint.to_dict()


def test_rotation_loses_no_delivery(
    registered: tuple[Endpoint, str], receiver: Receiver, cast: Cast, later: Later
) -> None:
    endpoint, _ = registered
    listing = cast.owner.listing()
    for price in range(100, 110):
        edit(cast.owner, listing, price)
        endpoint.rotate_secret()
        endpoint.revoke_previous_secret()
    later(1)
    assert Delivery.select().where(Delivery.state == "succeeded").count() == len(receiver.deliveries) == 11


def signed_by(request: Delivered, *secrets: str) -> bool:
    header = request.headers["WTH-Signature"]
    time = re.match(r"t=(\d+)", header)
    assert time
    message = f"{time[1]}.".encode() + request.body
    expected = [hmac.new(secret.encode(), message, hashlib.sha256).hexdigest() for secret in secrets]
    standard = request.headers["webhook-signature"].split(" ")
    return header == ",".join([f"t={time[1]}", *(f"v1={signature}" for signature in expected)]) and len(
        standard
    ) == len(secrets)
