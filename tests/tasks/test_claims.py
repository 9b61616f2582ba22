"""Claims are leases: after a dead worker, a lost queue or a slow thread, a delivery is still sent, and sent once."""

from collections.abc import Callable

import pytest

from models.delivery import claims as delivery_claims
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from tasks.attempts import make_attempt
from tasks.deliveries import send, send_slow
from tasks.result_recorder import recorder
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import attempts_of, deliveries, prices, states

LEASE_SECONDS = delivery_claims.LEASE_MS / 1000


@pytest.fixture
def endpoint(endpoint: Endpoint, clock: Clock) -> Endpoint:
    """An endpoint with one due delivery."""
    clock.forward(1)
    return endpoint


def test_delivery_of_a_dead_worker_is_sent_when_its_lease_expires(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    delivery_claims.claim_for_endpoints([endpoint.id])
    later(LEASE_SECONDS - 2)
    assert receiver.deliveries == []
    later(3)
    assert prices(receiver.deliveries) == [100]
    assert states(endpoint) == ["succeeded"]


def test_interrupted_attempt_stays_in_the_log_unfinished(endpoint: Endpoint, later: Later) -> None:
    delivery_claims.claim_for_endpoints([endpoint.id])
    later(LEASE_SECONDS + 1)
    first, second = attempts_of(deliveries(endpoint)[0])
    assert (first["number"], first["finished_at"], first["status"]) == (1, None, None)
    assert (second["number"], second["status"]) == (2, 200)


def test_interrupted_attempts_do_not_count_towards_the_ten(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, later: Later
) -> None:
    for _ in range(3):
        delivery_claims.claim_for_endpoints([endpoint.id])
        clock.forward(LEASE_SECONDS + 1)
    receiver.respond = lambda _: 500
    later(1)
    later(6)
    assert len(receiver.deliveries) == 2  # the retry after 5 s: this was the first failure


def test_expired_claim_sends_nothing(endpoint: Endpoint, receiver: Receiver, clock: Clock) -> None:
    [expired] = delivery_claims.claim_for_endpoints([endpoint.id])
    clock.forward(LEASE_SECONDS + 1)
    [current] = delivery_claims.claim_for_endpoints([endpoint.id])
    for claim in (expired, current, expired):
        make_attempt(claim)
    assert prices(receiver.deliveries) == [100]


def test_claims_in_the_queue_of_an_earlier_version_are_sent(
    endpoint: Endpoint, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    [claim] = delivery_claims.claim_for_endpoints([endpoint.id])
    send(claim.delivery_id, claim.generation)
    deliver()
    send_slow(claim.delivery_id, claim.generation)
    deliver()
    assert prices(receiver.deliveries) == [100]
    assert states(endpoint) == ["succeeded"]


def test_attempt_that_could_outlast_its_lease_is_not_started(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, later: Later
) -> None:
    """Otherwise another worker could claim the delivery while the first request is in progress."""
    [claim] = delivery_claims.claim_for_endpoints([endpoint.id])
    clock.forward(LEASE_SECONDS - 5)
    make_attempt(claim)
    assert receiver.deliveries == []
    later(6)
    assert prices(receiver.deliveries) == [100]


def test_released_claim_is_sent_at_once_and_leaves_no_attempt_in_the_log(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    claims = delivery_claims.claim_for_endpoints([endpoint.id])
    delivery_claims.release(claims)
    later(1)
    assert prices(receiver.deliveries) == [100]
    assert [attempt["number"] for attempt in attempts_of(deliveries(endpoint)[0])] == [1]


def test_sweep_sends_a_delivery_without_a_wake_up_message(
    endpoint: Endpoint, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    deliver()
    assert prices(receiver.deliveries) == [100]


def test_endpoint_disabled_after_the_claim_gets_nothing(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, later: Later
) -> None:
    [claim] = delivery_claims.claim_for_endpoints([endpoint.id])
    clock.forward(2)
    endpoint.disable("Disabled by the dealer.")
    make_attempt(claim)
    later(1)
    assert receiver.deliveries == []
    endpoint.enable()
    later(LEASE_SECONDS)
    assert prices(receiver.deliveries) == [100]


def test_result_of_an_expired_lease_does_not_overwrite_the_new_claim(
    endpoint: Endpoint, receiver: Receiver, clock: Clock
) -> None:
    [expired] = delivery_claims.claim_for_endpoints([endpoint.id])
    make_attempt(expired)
    stale = recorder.take_batch()
    clock.forward(LEASE_SECONDS + 1)
    [current] = delivery_claims.claim_for_endpoints([endpoint.id])
    assert stale is not None
    recorder.write(stale)
    row = Delivery.get_by_id(current.delivery_id)
    assert (row.state, row.generation) == ("sending", current.generation)
