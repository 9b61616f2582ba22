"""Retries by hand: one delivery, all that failed, everything since a sequence."""

import threading

import pytest

from errors import Refusal
from models.clock import now
from models.database import connection, db
from models.delivery import claims
from models.delivery.delivery import Delivery
from models.delivery.redelivery import FailedDeliveries, replay_events
from tests.cast import Cast
from tests.receiver import Receiver
from tests.tasks.traffic import deliveries, edit, log_of, prices, states

DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def watch(cast: Cast):
    return cast.owner.listing()


@pytest.fixture
def endpoint(cast: Cast, receiver: Receiver, watch):
    endpoint, _ = cast.owner.endpoint(receiver.url)
    edit(cast.owner, watch, 100)
    return endpoint


@pytest.fixture
def failed(cast: Cast, receiver: Receiver, later):
    """`failed(n)`: an endpoint at which n deliveries of n watches were given up."""

    def give_up(count: int):
        watches = cast.owner.listings(count)
        endpoint, _ = cast.owner.endpoint(receiver.url)
        for number, watch in enumerate(watches):
            edit(cast.owner, watch, 100 + number)
        Delivery.update(step=9, attempts=9).where(Delivery.endpoint == endpoint).execute()
        receiver.answer = lambda _: 500
        while "pending" in states(endpoint):
            later(61)
        receiver.answer = lambda _: 200
        receiver.deliveries.clear()
        return endpoint

    return give_up


def test_manual_retry_sends_at_once_and_its_success_ends_the_automatic_ones(endpoint, receiver, later) -> None:
    receiver.answer = lambda _: 500
    later(1)
    receiver.answer = lambda _: 200
    deliveries(endpoint)[0].retry()
    later(0.1)
    assert states(endpoint) == ["succeeded"]
    later(30 * 24 * 3600)
    assert len(receiver.deliveries) == 2


def test_log_tells_manual_from_automatic_attempts(endpoint, receiver, later) -> None:
    receiver.answer = lambda _: 500
    later(1)
    deliveries(endpoint)[0].retry()
    later(1)
    later(6)
    triggers = [attempt["trigger"] for attempt in log_of(deliveries(endpoint)[0])]
    assert triggers == ["automatic", "manual", "automatic"]


def test_manual_attempt_that_fails_uses_up_no_automatic_one(endpoint, receiver, later) -> None:
    receiver.answer = lambda _: 500
    later(1)
    for _ in range(12):
        deliveries(endpoint)[0].retry()
        later(0.1)
    assert states(endpoint) == ["pending"]
    assert deliveries(endpoint)[0].step == 1


def test_delivered_event_can_be_sent_again(endpoint, receiver, later) -> None:
    later(1)
    deliveries(endpoint)[0].retry()
    later(1)
    assert len({request.body for request in receiver.deliveries}) == 1
    assert len(receiver.deliveries) == 2


def test_running_attempt_is_not_doubled_by_a_manual_retry(endpoint, receiver, clock) -> None:
    clock.forward(1)
    claims.claim_for_endpoints([endpoint.id])
    with pytest.raises(Refusal) as refused:
        deliveries(endpoint)[0].retry()
    assert refused.value.code == "delivery_in_flight"


def test_attempt_that_a_worker_begins_meanwhile_is_not_doubled_either(endpoint, clock) -> None:
    clock.forward(1)
    refusals: list[str] = []

    def click() -> None:
        with connection():
            try:
                deliveries(endpoint)[0].retry()
            except Refusal as refusal:
                refusals.append(refusal.code)

    clicking = threading.Thread(target=click)
    with db.atomic():
        claims.claim_for_endpoints([endpoint.id])
        clicking.start()
        clicking.join(0.3)  # it has looked, and waits for our transaction
    clicking.join(10)
    assert refusals == ["delivery_in_flight"]
    assert states(endpoint) == ["sending"]


def test_delivery_that_waits_in_line_is_not_retried_by_hand(endpoint, cast, watch) -> None:
    edit(cast.owner, watch, 200)
    with pytest.raises(Refusal) as refused:
        deliveries(endpoint)[1].retry()
    assert refused.value.code == "delivery_queued"


def test_two_clicks_send_once(endpoint, receiver, later) -> None:
    receiver.answer = lambda _: 500
    later(1)
    receiver.answer = lambda _: 200
    first, second = deliveries(endpoint)[0], deliveries(endpoint)[0]
    first.retry()
    second.retry()
    later(1)
    assert len(receiver.deliveries) == 2


def test_given_up_deliveries_are_counted_before_they_are_retried(failed, receiver, cast, later) -> None:
    endpoint = failed(3)
    batch = FailedDeliveries(cast.owner.dealer, since=0, until=now(), endpoint_id=endpoint.id)
    assert batch.count() == 3
    assert receiver.deliveries == []
    assert list(batch.retry()) == [3]
    later(1)
    assert sorted(prices(receiver.deliveries)) == [100, 101, 102]
    assert batch.count() == 0


def test_many_given_up_deliveries_are_taken_up_in_batches(failed, cast, receiver, monkeypatch, later) -> None:
    monkeypatch.setattr("models.delivery.redelivery.BATCH", 2)
    failed(5)
    assert list(FailedDeliveries(cast.owner.dealer, since=0, until=now()).retry()) == [2, 4, 5]
    later(1)
    assert len(receiver.deliveries) == 5


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        ({}, 2),
        ({"event_type": "listing.updated"}, 2),
        ({"event_type": "order.received"}, 0),
        ({"is_test": False}, 0),
        ({"endpoint_id": "we_of_somebody_else"}, 0),
        ({"until": 0}, 0),
    ],
)
def test_retry_of_what_failed_is_narrowed_by_its_filters(failed, cast, narrowed, expected) -> None:
    failed(2)
    assert FailedDeliveries(cast.owner.dealer, **{"since": 0, "until": now(), **narrowed}).count() == expected


def test_strangers_failures_are_not_ours(failed, cast) -> None:
    failed(2)
    assert FailedDeliveries(cast.stranger.dealer, since=0, until=now()).count() == 0


def test_retry_of_what_failed_leaves_alone_what_waits_or_succeeded(failed, cast, receiver, watch, later) -> None:
    failed(1)
    edit(cast.owner, watch, 999)
    later(1)
    receiver.deliveries.clear()
    list(FailedDeliveries(cast.owner.dealer, since=0, until=now()).retry())
    later(1)
    assert prices(receiver.deliveries) == [100]


def test_replay_sends_every_kept_event_after_a_sequence_again_in_order(cast, receiver, watch, later) -> None:
    for price in (100, 200, 300):
        edit(cast.owner, watch, price)
    endpoint, _ = cast.owner.endpoint(receiver.url, events=["listing.updated"])
    assert list(replay_events(cast.owner.actor(), endpoint, after_sequence=2)) == [2]
    later(1)
    assert prices(receiver.deliveries) == [200, 300]
    assert [request.event["sequence"] for request in receiver.deliveries] == [3, 4]


def test_new_event_during_a_replay_comes_after_it(cast, receiver, watch, later) -> None:
    for price in (100, 200):
        edit(cast.owner, watch, price)
    endpoint, _ = cast.owner.endpoint(receiver.url)
    list(replay_events(cast.owner.actor(), endpoint, after_sequence=1))
    edit(cast.owner, watch, 300)
    later(1)
    assert prices(receiver.deliveries) == [100, 200, 300]


def test_replay_of_events_that_are_not_kept_any_more_sends_nothing(cast, receiver, watch, clock, later) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    clock.forward(31 * DAY_MS / 1000)
    assert list(replay_events(cast.owner.actor(), endpoint, after_sequence=0)) == []
