"""Retention: deliveries and events are kept for 90 days; the personal data of an erased customer goes at once."""

import pytest

from models import retention
from models.clock import now
from models.customer import Customer
from models.delivery.attempt import Attempt
from models.delivery.delivery import Delivery
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from models.erasure import erase
from models.listing import Listing
from models.order import Order
from tasks.result_recorder import recorder
from tests.cast import Cast
from tests.client import Client
from tests.conftest import Clock
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import deliveries, edit
from tests.worker import send_due

DAY_SECONDS = 24 * 3600


def test_completed_delivery_is_kept_for_90_days_with_its_attempts(
    endpoint: Endpoint, later: Later, clock: Clock
) -> None:
    later(1)
    clock.forward(90 * DAY_SECONDS - 10)
    assert retention.delete_old_deliveries(now()) == 0
    clock.forward(20)
    assert retention.delete_old_deliveries(now()) == 1
    assert Attempt.select().count() == 0


def test_open_delivery_is_never_deleted(endpoint: Endpoint, receiver: Receiver, cast: Cast, clock: Clock) -> None:
    endpoint.disable("Paused by the dealer.")
    clock.forward(365 * DAY_SECONDS)
    assert retention.delete_old_deliveries(now()) == 0
    assert retention.delete_old_events(now()) == 1  # listing.published, which has no delivery
    assert Event.select().count() == 1


def test_manual_attempt_after_89_days_is_kept_for_90_days(endpoint: Endpoint, later: Later, clock: Clock) -> None:
    later(1)
    clock.forward(89 * DAY_SECONDS)
    deliveries(endpoint)[0].retry()
    later(1)
    clock.forward(89 * DAY_SECONDS)
    assert retention.delete_old_deliveries(now()) == 0
    clock.forward(2 * DAY_SECONDS)
    assert retention.delete_old_deliveries(now()) == 1


def test_many_old_deliveries_are_deleted_in_batches(
    endpoint: Endpoint, cast: Cast, watch: Listing, monkeypatch: pytest.MonkeyPatch, later: Later, clock: Clock
) -> None:
    monkeypatch.setattr(retention, "OLD_DELIVERIES", retention.OLD_DELIVERIES.replace("500", "2"))
    for price in range(200, 204):
        edit(cast.owner, watch, price)
    later(1)
    clock.forward(91 * DAY_SECONDS)
    assert retention.delete_old_deliveries(now()) == 5
    assert Delivery.select().count() == 0


def test_events_are_kept_until_their_deliveries_are_deleted(
    endpoint: Endpoint, later: Later, clock: Clock, api: Client
) -> None:
    later(1)
    clock.forward(31 * DAY_SECONDS)
    assert retention.delete_old_events(now()) == 0
    assert api.list_all("/events") == []
    clock.forward(60 * DAY_SECONDS)
    retention.delete_old_deliveries(now())
    assert retention.delete_old_events(now()) == 2


def test_responses_stored_for_idempotency_are_deleted_after_a_day(
    api: Client, cast: Cast, watch: Listing, clock: Clock
) -> None:
    assert api.order(watch.id).status_code == 201
    assert retention.delete_expired_idempotency_records(now()) == 0
    clock.forward(DAY_SECONDS + 1)
    assert retention.delete_expired_idempotency_records(now()) == 1


def test_erasure_removes_a_customer_from_orders_events_and_responses_and_keeps_the_log(
    api: Client, cast: Cast, receiver: Receiver, watch: Listing, later: Later
) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    receiver.respond = lambda request: (200, {}, b"thanks, " + request.body)
    buyer = {"email": "greta@private.example", "first_name": "Greta", "phone": "+359888123456"}
    home = {"line1": "7 Rose Lane", "city": "Sofia", "country": "BG"}
    order = api.order(watch.id, key="order-1", customer=buyer, shipping_address=home, note="For Greta").json()
    later(1)
    customer = Customer.get_by_id(order["customer"]["id"])
    counts = erase(cast.owner.actor(), customer)
    assert (counts["orders"], counts["events"]) == (1, 1)
    responses = [api.get(f"/orders/{order['id']}").text, api.get("/events").text, api.get("/customers").text]
    logged = str([attempt.to_dict() for row in deliveries(endpoint) for attempt in Attempt.of(row)])
    for trace in ("greta", "Greta", "888123456", "Rose Lane"):
        assert trace not in "".join(responses) + logged
    assert [row.state for row in deliveries(endpoint)] == ["succeeded"] * 2
    assert logged.count("'status': 200") == 2


def test_erasure_removes_a_customer_from_the_free_text_of_orders(
    api: Client, cast: Cast, receiver: Receiver, later: Later
) -> None:
    cast.owner.endpoint(receiver.url, events=["order.*"])
    receiver.respond = lambda _: (200, {"X-Thanks": "Greta"}, b"")
    actor, customer = cast.owner.actor(), {"email": "greta@private.example"}
    sent, cancelled = (
        Order.find(actor, api.order(watch.id, metadata={"card": "For Greta"}, customer=customer).json()["id"])
        for watch in cast.owner.listings(2)
    )
    sent.fulfil(actor, {"carrier": "DHL", "tracking_number": "greta-1", "tracking_url": "https://dhl.example/greta-1"})
    cancelled.cancel(actor, "Greta sent it back")
    later(1)
    erase(actor, sent.customer)
    logged = str([attempt.to_dict() for row in Delivery.select() for attempt in Attempt.of(row)])
    for trace in ("greta", "Greta"):
        assert trace not in api.get("/orders").text + api.get("/events").text + logged


def test_erasure_removes_a_customer_from_the_response_in_flight(api: Client, cast: Cast, receiver: Receiver) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url, events=["order.*"])
    order = api.order(cast.owner.listing().id, customer={"email": "greta@private.example"}).json()
    receiver.respond = lambda request: (200, {"X-Thanks": "greta"}, request.body)
    send_due()
    assert recorder.has_results()
    erase(cast.owner.actor(), Customer.get_by_id(order["customer"]["id"]))
    recorder.write(recorder.take_batch() or [])
    [attempt] = Attempt.of(deliveries(endpoint)[0])
    assert attempt.status == 200
    assert "greta" not in str(attempt.to_dict())


def test_erasure_removes_a_customer_from_a_delivery_that_waits_for_a_retry(
    api: Client, cast: Cast, receiver: Receiver, watch: Listing, later: Later
) -> None:
    cast.owner.endpoint(receiver.url)
    receiver.respond = lambda _: 500
    order = api.order(watch.id, customer={"email": "greta@private.example"}).json()
    later(1)
    erase(cast.owner.actor(), Customer.get_by_id(order["customer"]["id"]))
    receiver.respond = lambda _: 200
    later(6)
    assert b"greta" in receiver.deliveries[0].body
    assert not any(
        b"greta" in request.body for request in receiver.deliveries[1:] if "order" in str(request.body[:200])
    )
