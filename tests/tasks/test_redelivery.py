"""Redelivery: retry one delivery, retry the failed ones of a time range, replay the events after a sequence."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from errors import Refusal
from models.clock import DAY_MS, now
from models.database import connection, db
from models.delivery import claims
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.redelivery import FailedDeliveries, replay_events
from models.listing import Listing
from tests.cast import Cast
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import attempts_of, deliveries, edit, prices, states


@pytest.fixture
def failed(cast: Cast, receiver: Receiver, later: Later) -> Callable[[int], Endpoint]:
    """`failed(n)`: an endpoint with n failed deliveries, one per watch."""

    def fail(count: int) -> Endpoint:
        watches = cast.owner.listings(count)
        endpoint, _ = cast.owner.endpoint(receiver.url)
        for number, watch in enumerate(watches):
            edit(cast.owner, watch, 100 + number)
        Delivery.update(step=9, attempts=9).where(Delivery.endpoint == endpoint).execute()
        receiver.respond = lambda _: 500
        while "pending" in states(endpoint):
            later(61)
        receiver.respond = lambda _: 200
        receiver.deliveries.clear()
        return endpoint

    return fail


def test_manual_retry_sends_at_once_and_its_success_ends_automatic_retries(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda _: 500
    later(1)
    receiver.respond = lambda _: 200
    deliveries(endpoint)[0].retry()
    later(0.1)
    assert states(endpoint) == ["succeeded"]
    later(30 * 24 * 3600)
    assert len(receiver.deliveries) == 2


def test_log_names_the_trigger_of_each_attempt(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    receiver.respond = lambda _: 500
    later(1)
    deliveries(endpoint)[0].retry()
    later(1)
    later(6)
    triggers = [attempt["trigger"] for attempt in attempts_of(deliveries(endpoint)[0])]
    assert triggers == ["automatic", "manual", "automatic"]


def test_failed_manual_attempt_does_not_count_as_an_automatic_one(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda _: 500
    later(1)
    for _ in range(12):
        deliveries(endpoint)[0].retry()
        later(0.1)
    assert states(endpoint) == ["pending"]
    assert deliveries(endpoint)[0].step == 1


def test_succeeded_delivery_can_be_sent_again(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    later(1)
    deliveries(endpoint)[0].retry()
    later(1)
    assert len({request.body for request in receiver.deliveries}) == 1
    assert len(receiver.deliveries) == 2


def test_manual_retry_during_an_attempt_is_rejected(endpoint: Endpoint, receiver: Receiver, clock: Clock) -> None:
    clock.forward(1)
    claims.claim_for_endpoints([endpoint.id])
    with pytest.raises(Refusal) as error:
        deliveries(endpoint)[0].retry()
    assert error.value.code == "delivery_in_flight"


def test_manual_retry_is_rejected_when_a_worker_claims_the_delivery_at_the_same_time(
    endpoint: Endpoint, clock: Clock
) -> None:
    clock.forward(1)
    codes: list[str] = []
    is_claimed = threading.Event()

    def click() -> None:
        is_claimed.wait(10)
        with connection():
            try:
                deliveries(endpoint)[0].retry()
            except Refusal as error:
                codes.append(error.code)

    clicking = threading.Thread(target=click)
    clicking.start()
    with db.atomic():
        claims.claim_for_endpoints([endpoint.id])
        is_claimed.set()
        clicking.join(0.3)  # it waits for this transaction
    clicking.join(10)
    assert codes == ["delivery_in_flight"]
    assert states(endpoint) == ["sending"]


def test_manual_retry_of_a_queued_delivery_is_rejected(endpoint: Endpoint, cast: Cast, watch: Listing) -> None:
    edit(cast.owner, watch, 200)
    with pytest.raises(Refusal) as error:
        deliveries(endpoint)[1].retry()
    assert error.value.code == "delivery_queued"


def test_two_manual_retries_send_once(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    receiver.respond = lambda _: 500
    later(1)
    receiver.respond = lambda _: 200
    first, second = deliveries(endpoint)[0], deliveries(endpoint)[0]
    first.retry()
    second.retry()
    later(1)
    assert len(receiver.deliveries) == 2


def test_failed_deliveries_are_counted_before_they_are_retried(
    failed: Callable[[int], Endpoint], receiver: Receiver, cast: Cast, later: Later
) -> None:
    endpoint = failed(3)
    batch = FailedDeliveries(cast.owner.dealer, since=0, until=now(), endpoint_id=endpoint.id)
    assert batch.count() == 3
    assert receiver.deliveries == []
    assert list(batch.retry()) == [3]
    later(1)
    assert sorted(prices(receiver.deliveries)) == [100, 101, 102]
    assert batch.count() == 0


def test_many_failed_deliveries_are_retried_in_batches(
    failed: Callable[[int], Endpoint], cast: Cast, receiver: Receiver, monkeypatch: pytest.MonkeyPatch, later: Later
) -> None:
    monkeypatch.setattr("models.delivery.redelivery.BATCH", 2)
    failed(5)
    assert list(FailedDeliveries(cast.owner.dealer, since=0, until=now()).retry()) == [2, 4, 5]
    later(1)
    assert len(receiver.deliveries) == 5


def test_delivery_that_fails_again_meanwhile_is_not_retried_twice(
    failed: Callable[[int], Endpoint], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.delivery.redelivery.BATCH", 2)
    failed(5)
    progress = []
    for done in FailedDeliveries(cast.owner.dealer, since=0, until=now()).retry():
        progress.append(done)
        Delivery.update(state="failed").execute()
    assert progress == [2, 4, 5]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, 2),
        ({"event_type": "listing.updated"}, 2),
        ({"event_type": "order.received"}, 0),
        ({"is_test": False}, 0),
        ({"endpoint_id": "we_of_somebody_else"}, 0),
        ({"until": 0}, 0),
    ],
)
def test_bulk_retry_applies_its_filters(
    failed: Callable[[int], Endpoint], cast: Cast, filters: dict[str, Any], expected: int
) -> None:
    failed(2)
    assert FailedDeliveries(cast.owner.dealer, **{"since": 0, "until": now(), **filters}).count() == expected


def test_failed_deliveries_of_other_dealers_are_not_counted(failed: Callable[[int], Endpoint], cast: Cast) -> None:
    failed(2)
    assert FailedDeliveries(cast.stranger.dealer, since=0, until=now()).count() == 0


def test_bulk_retry_leaves_other_states_alone(
    failed: Callable[[int], Endpoint], cast: Cast, receiver: Receiver, watch: Listing, later: Later
) -> None:
    failed(1)
    edit(cast.owner, watch, 999)
    later(1)
    receiver.deliveries.clear()
    list(FailedDeliveries(cast.owner.dealer, since=0, until=now()).retry())
    later(1)
    assert prices(receiver.deliveries) == [100]


def test_replay_sends_every_listed_event_after_a_sequence_in_order(
    cast: Cast, receiver: Receiver, watch: Listing, later: Later
) -> None:
    for price in (100, 200, 300):
        edit(cast.owner, watch, price)
    endpoint, _ = cast.owner.endpoint(receiver.url, events=["listing.updated"])
    assert list(replay_events(cast.owner.actor(), endpoint, after_sequence=2)) == [2]
    later(1)
    assert prices(receiver.deliveries) == [200, 300]
    assert [request.event["sequence"] for request in receiver.deliveries] == [3, 4]


def test_new_event_during_a_replay_arrives_after_it(
    cast: Cast, receiver: Receiver, watch: Listing, later: Later
) -> None:
    for price in (100, 200):
        edit(cast.owner, watch, price)
    endpoint, _ = cast.owner.endpoint(receiver.url)
    list(replay_events(cast.owner.actor(), endpoint, after_sequence=1))
    edit(cast.owner, watch, 300)
    later(1)
    assert prices(receiver.deliveries) == [100, 200, 300]


def test_replay_of_events_that_are_no_longer_listed_sends_nothing(
    cast: Cast, receiver: Receiver, watch: Listing, clock: Clock, later: Later
) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    clock.forward(31 * DAY_MS / 1000)
    assert list(replay_events(cast.owner.actor(), endpoint, after_sequence=0)) == []
