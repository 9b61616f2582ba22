"""Triggered events: the real action in the sandbox, for every type of event."""

from typing import Any

import pytest

from models.jobs.run import run_next_job
from models.listing import Listing
from tests.cast import Cast
from tests.client import Client, error_of

PUBLISHED = ("listing.published", "dashboard")
ORDERED = (PUBLISHED, ("order.received", "api"), ("listing.sold", "api"))
# By type: data, the recorded events with their origins, and fields of the event's `data`
CASES: dict[str, tuple[dict[str, Any], tuple[tuple[str, str], ...], dict[str, Any]]] = {
    "listing.published": ({"title": "A watch", "asking_price_eur": 99.5}, (PUBLISHED,), {"asking_price_eur": 99.5}),
    "listing.unpublished": ({}, (PUBLISHED, ("listing.unpublished", "dashboard")), {"published": False}),
    "listing.updated": (
        {"model": "Ranger"},
        (PUBLISHED, ("listing.updated", "dashboard")),
        {"model": "Ranger", "previous_attributes": {"model": "Explorer"}},
    ),
    "listing.sold": ({"brand": "Omega"}, (PUBLISHED, ("listing.sold", "dashboard")), {"brand": "Omega"}),
    "listing.in_stock": (
        {"has_box": None},
        (PUBLISHED, ("listing.sold", "dashboard"), ("listing.in_stock", "dashboard")),
        {"has_box": None, "status": "in_stock"},
    ),
    "order.received": ({"note": "Gift", "customer": {"email": "ada@shop.example"}}, ORDERED, {"note": "Gift"}),
    "order.fulfilled": (
        {"carrier": "DHL"},
        (*ORDERED, ("order.fulfilled", "dashboard")),
        {"tracking": {"carrier": "DHL", "number": None, "url": None}},
    ),
    "order.cancelled": (
        {"reason": "Withdrawn"},
        (*ORDERED, ("order.cancelled", "api"), ("listing.in_stock", "api")),
        {"cancel_reason": "Withdrawn"},
    ),
    "customer.matched": (
        {"phone": "+359881234567"},
        (("customer.matched", "api"),),
        {"phone": "+359881234567", "matched_by": "phone"},
    ),
    "integration.test_event": (
        {"message": "Hello"},
        (("integration.test_event", "api"),),
        {"message": "Hello", "triggered_by": "api"},
    ),
}


def trigger(api: Client, event_type: str, data: Any = None, **options: Any) -> Any:
    return api.post("/test/events", {"type": event_type, **({} if data is None else {"data": data})}, **options)


@pytest.mark.parametrize("event_type", CASES)
def test_event_is_caused_by_the_real_action(api: Client, cast: Cast, event_type: str) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    data, recorded, fields = CASES[event_type]
    response = trigger(api, event_type, data)
    events = response.json()["data"]
    assert response.status_code == 201
    assert tuple((event["event"], event["origin"]) for event in events) == recorded
    assert events == api.list_all("/events")
    subject = next(event["data"] for event in events if event["event"] == event_type)
    assert {name: subject[name] for name in fields} == fields


@pytest.mark.parametrize("event_type", CASES)
def test_event_needs_no_data(api: Client, cast: Cast, event_type: str) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    for body in ({"type": event_type}, {"type": event_type, "data": None}, {"type": event_type, "data": {}}):
        response = api.post("/test/events", body)
        assert response.status_code == 201
        assert event_type in [event["event"] for event in response.json()["data"]]


def test_objects_of_the_events_are_those_of_the_api(api: Client) -> None:
    listing, order, _ = (event["data"] for event in trigger(api, "order.received").json()["data"])
    assert api.get(f"/orders/{order['id']}").json() == order
    assert api.get(f"/listings/{listing['id']}").json()["status"] == "sold"


def test_order_can_be_for_an_existing_watch(api: Client, cast: Cast) -> None:
    items = [{"listing_id": cast.owner.listing().id}]
    assert trigger(api, "order.received", {"items": items}).status_code == 201
    assert error_of(trigger(api, "order.received", {"items": items})) == (
        409,
        "listing_not_available",
        "$.data.items[0].listing_id",
    )


def test_update_to_the_values_of_the_sample_changes_the_price(api: Client) -> None:
    events = trigger(api, "listing.updated", {"model": "Explorer"}).json()["data"]
    assert list(events[-1]["data"]["previous_attributes"]) == ["asking_price_eur"]


def test_customer_is_matched_once(api: Client) -> None:
    assert trigger(api, "customer.matched", {"email": "ada@shop.example"}).status_code == 201
    again = trigger(api, "customer.matched", {"email": "ADA@shop.example", "notes": "Again"})
    assert error_of(again) == (400, "validation_failed", "$.data")
    assert api.list_all("/customers")[0]["notes"] is None


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({}, "$.type"),
        ({"type": "order.shipped"}, "$.type"),
        ({"type": "order.shipped", "data": {"note": "x"}}, "$.type"),
        ({"type": "order.received", "data": {"color": "red"}}, "$.data.color"),
        ({"type": "order.received", "data": {"note": 5}}, "$.data.note"),
        ({"type": "order.received", "data": {"items": []}}, "$.data.items"),
        ({"type": "order.fulfilled", "data": {"note": "x"}}, "$.data.note"),
        ({"type": "order.fulfilled", "data": {"url": "javascript:alert(1)"}}, "$.data.url"),
        ({"type": "listing.sold", "data": {"asking_price_eur": 1.234}}, "$.data.asking_price_eur"),
        ({"type": "listing.sold", "data": {"sku": "X"}}, "$.data.sku"),
        ({"type": "customer.matched", "data": {"phone": "12"}}, "$.data.phone"),
        ({"type": "order.received", "more": 1}, "$.more"),
    ],
)
def test_invalid_field_is_named(api: Client, body: Any, param: str) -> None:
    assert error_of(api.post("/test/events", body)) == (400, "validation_failed", param)
    assert api.list_all("/events") == []


def test_unknown_type_gets_the_list_of_types(api: Client) -> None:
    message = trigger(api, "order.shipped").json()["error"]["message"]
    assert all(event_type in message for event_type in CASES)


def test_repeated_request_triggers_nothing(api: Client) -> None:
    first, second = (trigger(api, "order.received", key="once") for _ in range(2))
    assert (second.json(), second.headers["Idempotent-Replay"]) == (first.json(), "true")
    assert len(api.list_all("/events")) == 3


def test_live_data_is_never_touched(live_api: Client, cast: Cast) -> None:
    rejected = trigger(live_api, "order.received")
    assert error_of(rejected) == (403, "test_key_required", None)
    assert live_api.list_all("/events") == []
    assert not Listing.select().where(Listing.dealer == cast.owner.dealer).exists()


def test_test_event_needs_an_endpoint(api: Client) -> None:
    assert error_of(trigger(api, "integration.test_event")) == (409, "webhook_not_configured", None)


def test_sandbox_is_reset_over_the_api(api: Client, cast: Cast) -> None:
    live = cast.owner.listing(is_test=False)
    stranger = cast.stranger.listing()
    own = trigger(api, "order.received").json()["data"][0]["data"]["id"]
    response = api.post("/test/sandbox/reset")
    assert (response.status_code, response.json()["listings"]) == (202, 12)
    assert len(api.list_all("/listings", status="in_stock")) == 12
    assert run_next_job(lambda _: None)
    assert api.get(f"/listings/{own}").status_code == 404
    assert [order["external_id"] for order in api.list_all("/orders")] == ["SAMPLE-1"]
    assert {Listing.get_by_id(row.id).status for row in (live, stranger)} == {"in_stock"}


def test_reset_is_for_test_keys(live_api: Client) -> None:
    assert error_of(live_api.post("/test/sandbox/reset")) == (403, "test_key_required", None)
