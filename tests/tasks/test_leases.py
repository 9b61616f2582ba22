"""Claims are leases: what a dead worker, a lost queue or a slow thread leaves behind is sent, and sent once."""

import pytest

from models.delivery import claims as delivery_claims
from models.delivery.delivery import Delivery
from tasks.deliveries import enqueue_claims, make_attempt
from tasks.queues.lanes import fast_lane, slow_lane
from tasks.result_recorder import recorder
from tests.cast import Cast
from tests.receiver import Receiver
from tests.tasks.traffic import deliveries, edit, log_of, prices, states

LEASE = delivery_claims.LEASE_MS / 1000


@pytest.fixture
def endpoint(cast: Cast, receiver: Receiver, clock):
    """An endpoint with one delivery that is due."""
    listing = cast.owner.listing()
    endpoint, _ = cast.owner.endpoint(receiver.url)
    edit(cast.owner, listing, 100)
    clock.forward(1)
    return endpoint


def test_delivery_whose_worker_vanished_is_sent_when_its_lease_is_over(endpoint, receiver, later) -> None:
    delivery_claims.claim_for_endpoints([endpoint.id])
    later(LEASE - 2)
    assert receiver.deliveries == []
    later(3)
    assert prices(receiver.deliveries) == [100]
    assert states(endpoint) == ["succeeded"]


def test_interrupted_attempt_stays_in_the_log_without_an_end(endpoint, later) -> None:
    delivery_claims.claim_for_endpoints([endpoint.id])
    later(LEASE + 1)
    first, second = log_of(deliveries(endpoint)[0])
    assert (first["number"], first["finished_at"], first["status"]) == (1, None, None)
    assert (second["number"], second["status"]) == (2, 200)


def test_interruption_costs_none_of_the_ten_attempts(endpoint, receiver, clock, later) -> None:
    for _ in range(3):
        delivery_claims.claim_for_endpoints([endpoint.id])
        clock.forward(LEASE + 1)
    receiver.answer = lambda _: 500
    later(1)
    later(6)
    assert len(receiver.deliveries) == 2  # the quick retry came: it was the first failure


def test_message_of_a_lost_lease_sends_nothing(endpoint, receiver, clock, deliver) -> None:
    [lost] = delivery_claims.claim_for_endpoints([endpoint.id])
    clock.forward(LEASE + 1)
    [current] = delivery_claims.claim_for_endpoints([endpoint.id])
    enqueue_claims([lost, current, lost])
    deliver()
    assert prices(receiver.deliveries) == [100]


def test_message_that_comes_twice_sends_once(endpoint, receiver, deliver) -> None:
    claims = delivery_claims.claim_for_endpoints([endpoint.id])
    enqueue_claims(claims)
    deliver()
    enqueue_claims(claims)
    deliver()
    assert prices(receiver.deliveries) == [100]


def test_attempt_that_could_outlast_its_lease_is_not_begun(endpoint, receiver, clock, later) -> None:
    """Else the sweep would hand the delivery out a second time while the receiver still thinks about the first."""
    [claim] = delivery_claims.claim_for_endpoints([endpoint.id])
    clock.forward(LEASE - 5)
    make_attempt(claim.delivery_id, claim.generation)
    assert receiver.deliveries == []
    later(6)
    assert prices(receiver.deliveries) == [100]


def test_late_lane_renews_the_lease_before_it_sends(cast, receiver, clock, later) -> None:
    listing = cast.owner.listing()
    endpoint, _ = cast.owner.endpoint(receiver.url)
    receiver.answer = lambda _: 500
    edit(cast.owner, listing, 100)
    later(1)
    clock.forward(6)
    [claim] = delivery_claims.claim_for_endpoints([endpoint.id])
    assert claim.is_slow
    enqueue_claims([claim])
    later(LEASE - 5)
    assert len(receiver.deliveries) == 2


def test_wiped_queue_delays_by_a_lease_and_loses_nothing(endpoint, receiver, later) -> None:
    enqueue_claims(delivery_claims.claim_for_endpoints([endpoint.id]))
    for lane in (fast_lane, slow_lane):
        lane.storage.flush_all()
    later(LEASE + 1)
    assert prices(receiver.deliveries) == [100]


def test_bell_that_was_never_heard_is_made_up_for_by_the_sweep(endpoint, receiver, deliver) -> None:
    deliver()
    assert prices(receiver.deliveries) == [100]


def test_endpoint_paused_after_the_claim_gets_nothing(endpoint, receiver, later) -> None:
    claims = delivery_claims.claim_for_endpoints([endpoint.id])
    endpoint.disable("Paused by the dealer.")
    enqueue_claims(claims)
    later(1)
    assert receiver.deliveries == []
    endpoint.enable()
    later(LEASE)
    assert prices(receiver.deliveries) == [100]


def test_result_of_a_lost_lease_does_not_overwrite_the_new_owners(endpoint, receiver, clock) -> None:
    [lost] = delivery_claims.claim_for_endpoints([endpoint.id])
    make_attempt(lost.delivery_id, lost.generation)
    stale = recorder.take_batch()
    clock.forward(LEASE + 1)
    [current] = delivery_claims.claim_for_endpoints([endpoint.id])
    assert stale is not None
    recorder.write(stale)
    row = Delivery.get_by_id(current.delivery_id)
    assert (row.state, row.generation) == ("sending", current.generation)
