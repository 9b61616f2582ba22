"""What is forgotten, and what is kept: the log for ninety days, events for as long, people when they ask."""

import pytest

from models import retention
from models.customer import Customer
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.erasure import erase
from models.order import Order
from tasks.result_recorder import recorder
from tests.cast import Cast
from tests.client import Client
from tests.receiver import Receiver
from tests.tasks.traffic import deliveries, edit
from tests.worker import run_fast_lane

DAY = 24 * 3600


@pytest.fixture
def watch(cast: Cast):
    return cast.owner.listing()


@pytest.fixture
def endpoint(cast: Cast, receiver: Receiver, watch):
    """An endpoint that got one delivery."""
    endpoint, _ = cast.owner.endpoint(receiver.url)
    edit(cast.owner, watch, 100)
    return endpoint


def test_finished_delivery_is_kept_ninety_days_with_its_attempts(endpoint, later, clock) -> None:
    later(1)
    clock.forward(90 * DAY - 10)
    assert retention.delete_old_deliveries() == 0
    clock.forward(20)
    assert retention.delete_old_deliveries() == 1
    assert Attempt.select().count() == 0


def test_delivery_that_is_not_finished_is_never_forgotten(endpoint, receiver, cast, clock) -> None:
    endpoint.disable("Paused by the dealer.")
    clock.forward(365 * DAY)
    assert retention.delete_old_deliveries() == 0
    assert retention.delete_old_events() == 1  # the publication, which no delivery needs
    assert Event.select().count() == 1


def test_attempt_made_by_hand_after_eighty_nine_days_is_kept_ninety_days(endpoint, later, clock) -> None:
    later(1)
    clock.forward(89 * DAY)
    deliveries(endpoint)[0].retry()
    later(1)
    clock.forward(89 * DAY)
    assert retention.delete_old_deliveries() == 0
    clock.forward(2 * DAY)
    assert retention.delete_old_deliveries() == 1


def test_many_old_deliveries_go_in_batches(endpoint, cast, watch, monkeypatch, later, clock) -> None:
    monkeypatch.setattr(retention, "OLD_DELIVERIES", retention.OLD_DELIVERIES.replace("500", "2"))
    for price in range(200, 204):
        edit(cast.owner, watch, price)
    later(1)
    clock.forward(91 * DAY)
    assert retention.delete_old_deliveries() == 5
    assert Delivery.select().count() == 0


def test_events_outlive_what_get_events_lists_and_go_after_their_deliveries(endpoint, later, clock, api) -> None:
    later(1)
    clock.forward(31 * DAY)
    assert retention.delete_old_events() == 0
    assert api.list_all("/events") == []
    clock.forward(60 * DAY)
    retention.delete_old_deliveries()
    assert retention.delete_old_events() == 2


def test_answers_of_repeated_requests_are_forgotten_after_a_day(api: Client, cast: Cast, watch, clock) -> None:
    assert api.order(watch.id).status_code == 201
    assert retention.delete_expired_idempotency_records() == 0
    clock.forward(DAY + 1)
    assert retention.delete_expired_idempotency_records() == 1


def test_erased_customer_leaves_orders_events_and_answers_but_not_the_log(
    api: Client, cast: Cast, receiver: Receiver, watch, later
) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    receiver.answer = lambda request: (200, {}, b"thanks, " + request.body)
    buyer = {"email": "greta@private.example", "first_name": "Greta", "phone": "+359888123456"}
    home = {"line1": "7 Rose Lane", "city": "Sofia", "country": "BG"}
    order = api.order(watch.id, key="order-1", customer=buyer, shipping_address=home, note="For Greta").json()
    later(1)
    customer = Customer.get_by_id(order["customer"]["id"])
    counts = erase(cast.owner.actor(), customer)
    assert (counts["orders"], counts["events"]) == (1, 1)
    told = [api.get(f"/orders/{order['id']}").text, api.get("/events").text, api.get("/customers").text]
    logged = str([attempt.to_dict() for row in deliveries(endpoint) for attempt in Attempt.of(row)])
    for trace in ("greta", "Greta", "888123456", "Rose Lane"):
        assert trace not in "".join(told) + logged
    assert [row.state for row in deliveries(endpoint)] == ["succeeded"] * 2
    assert logged.count("'status': 200") == 2


def test_erased_customer_leaves_what_an_order_says_beside_the_addresses(
    api: Client, cast: Cast, receiver, later
) -> None:
    cast.owner.endpoint(receiver.url, events=["order.*"])
    receiver.answer = lambda _: (200, {"X-Thanks": "Greta"}, b"")
    actor, given = cast.owner.actor(), {"customer": {"email": "greta@private.example"}}
    sent, cancelled = (
        Order.find(actor, api.order(watch.id, metadata={"card": "For Greta"}, **given).json()["id"])
        for watch in cast.owner.listings(2)
    )
    sent.fulfil(actor, {"carrier": "DHL", "tracking_number": "greta-1", "tracking_url": "https://dhl.example/greta-1"})
    cancelled.cancel(actor, "Greta sent it back")
    later(1)
    erase(actor, sent.customer)
    logged = str([attempt.to_dict() for row in Delivery.select() for attempt in Attempt.of(row)])
    for trace in ("greta", "Greta"):
        assert trace not in api.get("/orders").text + api.get("/events").text + logged


def test_answer_to_an_attempt_that_was_under_way_names_no_erased_customer(api: Client, cast: Cast, receiver) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url, events=["order.*"])
    order = api.order(cast.owner.listing().id, customer={"email": "greta@private.example"}).json()
    receiver.answer = lambda request: (200, {"X-Thanks": "greta"}, request.body)
    run_fast_lane()
    assert recorder.has_results()
    erase(cast.owner.actor(), Customer.get_by_id(order["customer"]["id"]))
    recorder.write(recorder.take_batch() or [])
    [attempt] = Attempt.of(deliveries(endpoint)[0])
    assert attempt.status == 200
    assert "greta" not in str(attempt.to_dict())


def test_delivery_that_waits_for_a_retry_no_longer_carries_an_erased_customer(
    api, cast, receiver, watch, later
) -> None:
    cast.owner.endpoint(receiver.url)
    receiver.answer = lambda _: 500
    order = api.order(watch.id, customer={"email": "greta@private.example"}).json()
    later(1)
    erase(cast.owner.actor(), Customer.get_by_id(order["customer"]["id"]))
    receiver.answer = lambda _: 200
    later(6)
    assert b"greta" in receiver.deliveries[0].body
    assert not any(
        b"greta" in request.body for request in receiver.deliveries[1:] if "order" in str(request.body[:200])
    )
