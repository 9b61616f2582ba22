"""Claims are leases: after a dead worker, a lost queue or a slow thread, a delivery is still sent, and sent once."""

from collections.abc import Callable

import pytest

from models.delivery import claims as delivery_claims
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from tasks.deliveries import enqueue_claims, make_attempt
from tasks.queues.lanes import fast_lane, slow_lane
from tasks.result_recorder import recorder
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import attempts_of, deliveries, edit, prices, states

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


def test_message_of_an_expired_lease_sends_nothing(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, deliver: Callable[[], None]
) -> None:
    [expired] = delivery_claims.claim_for_endpoints([endpoint.id])
    clock.forward(LEASE_SECONDS + 1)
    [current] = delivery_claims.claim_for_endpoints([endpoint.id])
    enqueue_claims([expired, current, expired])
    deliver()
    assert prices(receiver.deliveries) == [100]


def test_message_that_arrives_twice_sends_once(
    endpoint: Endpoint, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    claims = delivery_claims.claim_for_endpoints([endpoint.id])
    enqueue_claims(claims)
    deliver()
    enqueue_claims(claims)
    deliver()
    assert prices(receiver.deliveries) == [100]


def test_attempt_that_could_outlast_its_lease_is_not_started(
    endpoint: Endpoint, receiver: Receiver, clock: Clock, later: Later
) -> None:
    """Otherwise another worker could claim the delivery while the first request is in progress."""
    [claim] = delivery_claims.claim_for_endpoints([endpoint.id])
    clock.forward(LEASE_SECONDS - 5)
    make_attempt(claim.delivery_id, claim.generation)
    assert receiver.deliveries == []
    later(6)
    assert prices(receiver.deliveries) == [100]


def test_slow_lane_renews_the_lease_before_it_sends(cast: Cast, receiver: Receiver, clock: Clock, later: Later) -> None:
    listing = cast.owner.listing()
    endpoint, _ = cast.owner.endpoint(receiver.url)
    receiver.respond = lambda _: 500
    edit(cast.owner, listing, 100)
    later(1)
    clock.forward(6)
    [claim] = delivery_claims.claim_for_endpoints([endpoint.id])
    assert claim.is_slow
    enqueue_claims([claim])
    later(LEASE_SECONDS - 5)
    assert len(receiver.deliveries) == 2


def test_lost_queue_delays_by_a_lease_and_loses_nothing(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    enqueue_claims(delivery_claims.claim_for_endpoints([endpoint.id]))
    for lane in (fast_lane, slow_lane):
        lane.storage.flush_all()
    later(LEASE_SECONDS + 1)
    assert prices(receiver.deliveries) == [100]


def test_sweep_sends_a_delivery_without_a_wake_up_message(
    endpoint: Endpoint, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    deliver()
    assert prices(receiver.deliveries) == [100]


def test_endpoint_disabled_after_the_claim_gets_nothing(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    claims = delivery_claims.claim_for_endpoints([endpoint.id])
    endpoint.disable("Disabled by the dealer.")
    enqueue_claims(claims)
    later(1)
    assert receiver.deliveries == []
    endpoint.enable()
    later(LEASE_SECONDS)
    assert prices(receiver.deliveries) == [100]


def test_result_of_an_expired_lease_does_not_overwrite_the_new_claim(
    endpoint: Endpoint, receiver: Receiver, clock: Clock
) -> None:
    [expired] = delivery_claims.claim_for_endpoints([endpoint.id])
    make_attempt(expired.delivery_id, expired.generation)
    stale = recorder.take_batch()
    clock.forward(LEASE_SECONDS + 1)
    [current] = delivery_claims.claim_for_endpoints([endpoint.id])
    assert stale is not None
    recorder.write(stale)
    row = Delivery.get_by_id(current.delivery_id)
    assert (row.state, row.generation) == ("sending", current.generation)
