"""Fairness: concurrency limit per endpoint, half-open probes, bounded sweeps."""

import threading
from collections.abc import Callable

import pytest

from models.database import connection
from models.delivery import claims as delivery_claims
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from tests.cast import Cast, create_person
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import edit
from tests.worker import send_due, write_results


@pytest.fixture
def backlog(cast: Cast, clock: Clock) -> Callable[..., Endpoint]:
    """`backlog(receiver, slots)`: an endpoint with thirty due deliveries, one per watch."""
    watches = cast.owner.listings(30)

    def create(receiver: Receiver, slots: int = 1) -> Endpoint:
        endpoint, _ = cast.owner.endpoint(receiver.url)
        for watch in watches:
            edit(cast.owner, watch, 1000 + endpoint.created_at % 1000)
        Endpoint.update(slots=slots).where(Endpoint.id == endpoint.id).execute()
        clock.forward(1)
        return endpoint

    return create


def in_flight(endpoint: Endpoint) -> int:
    return Delivery.select().where(Delivery.endpoint == endpoint, Delivery.state == "sending").count()


def test_new_endpoint_has_one_slot(backlog: Callable[..., Endpoint], receiver: Receiver) -> None:
    endpoint = backlog(receiver)
    for _ in range(3):
        delivery_claims.claim_for_endpoints([endpoint.id])
    assert in_flight(endpoint) == 1


def test_endpoint_never_has_more_than_ten_in_flight(backlog: Callable[..., Endpoint], receiver: Receiver) -> None:
    endpoint = backlog(receiver, slots=10)
    Endpoint.update(slots=99).where(Endpoint.id == endpoint.id).execute()
    for _ in range(3):
        delivery_claims.claim_for_endpoints([endpoint.id])
    assert in_flight(endpoint) == 10


def test_simultaneous_claims_share_the_limit(backlog: Callable[..., Endpoint], receiver: Receiver) -> None:
    endpoint = backlog(receiver, slots=10)
    barrier = threading.Barrier(4)
    claimed: list[str] = []

    def claim() -> None:
        barrier.wait(5)
        with connection():
            for _ in range(5):
                claimed.extend(claim.delivery_id for claim in delivery_claims.claim_for_endpoints([endpoint.id]))

    threads = [threading.Thread(target=claim) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert in_flight(endpoint) == len(claimed) == len(set(claimed)) == 10


def test_slots_grow_with_fast_successes_up_to_ten(
    backlog: Callable[..., Endpoint], receiver: Receiver, deliver: Callable[[], None]
) -> None:
    endpoint = backlog(receiver)
    deliver()
    assert Endpoint.get_by_id(endpoint.id).slots == 10


def test_one_failure_resets_the_slots_to_one(
    backlog: Callable[..., Endpoint], receiver: Receiver, later: Later
) -> None:
    endpoint = backlog(receiver, slots=10)
    receiver.respond = lambda _: 500
    later(1)
    assert Endpoint.get_by_id(endpoint.id).slots == 1


def test_endpoint_with_a_slow_attempt_in_flight_gets_no_more(
    backlog: Callable[..., Endpoint], receiver: Receiver, clock: Clock
) -> None:
    endpoint = backlog(receiver, slots=3)
    delivery_claims.claim_for_endpoints([endpoint.id])
    Endpoint.update(slots=10).where(Endpoint.id == endpoint.id).execute()
    clock.forward(0.6)
    assert delivery_claims.claim_for_endpoints([endpoint.id]) == []
    assert in_flight(endpoint) == 3


def test_one_claim_gives_every_endpoint_its_slots_whatever_the_backlog_of_others(
    cast: Cast, backlog: Callable[..., Endpoint], receiver: Receiver
) -> None:
    with Receiver() as second:
        endpoints = [backlog(receiver, slots=10), backlog(second, slots=2)]
        due = [endpoint.id for endpoint in delivery_claims.find_endpoints_with_due()]
        claims = delivery_claims.claim_for_endpoints(due)
        assert [in_flight(endpoint) for endpoint in endpoints] == [10, 2]
        assert len(claims) == 12


def test_dead_endpoint_does_not_delay_the_others(
    cast: Cast, backlog: Callable[..., Endpoint], receiver: Receiver, later: Later
) -> None:
    with Receiver() as healthy:
        receiver.respond = lambda _: 500
        backlog(receiver, slots=10)
        backlog(healthy)
        later(1)
        assert len(healthy.deliveries) == 30


@pytest.fixture
def dead(cast: Cast, receiver: Receiver, later: Later, clock: Clock) -> list[str]:
    """The ids of twelve failing endpoints, each with two more due deliveries."""
    receiver.respond = lambda _: 500
    people = [create_person(f"Watches {number}") for number in range(3)]
    ids = [person.endpoint(f"{receiver.url}?{number}")[0].id for person in people for number in range(4)]
    for person in people:
        for watch in person.listings(3):
            edit(person, watch, 1000)
    later(1)
    clock.forward(600)
    receiver.deliveries.clear()
    return ids


def test_dead_endpoints_are_probed_in_turn(dead: list[str], receiver: Receiver, clock: Clock) -> None:
    """One request to each of them, before any gets a second."""
    probed: list[str] = []
    while len(probed) < len(dead):
        send_due()
        ids = [request.headers["WTH-Delivery-Id"] for request in receiver.deliveries]
        probed += [row.endpoint.id for row in Delivery.select().where(Delivery.id.in_(ids))]
        receiver.deliveries.clear()
        write_results()
    assert len(set(probed)) == len(dead)
