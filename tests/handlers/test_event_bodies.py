"""Event bodies: each type matches its schema, is the same everywhere and never changes."""

import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from contract.document import Document
from models.customer import Customer
from models.order import Order
from spec.document import read_document
from tests.cast import Cast, Person
from tests.client import Client
from tests.hub import Server
from tests.receiver import Receiver

TYPES = set(read_document()["webhooks"])


@pytest.fixture(scope="module")
def document() -> Document:
    return Document(read_document())


def cause_every_event(person: Person, api: Client, *, is_test: bool = True) -> None:
    """Cause every type of event but the test event, with all fields of a listing."""
    actor = person.actor(is_test=is_test)
    full = person.listing(is_test=is_test, **FULL)
    full.change(actor, {"title": "Polished", "asking_price_cents": 1_450_050, "has_papers": None, "photos": []})
    full.unpublish(actor)
    full.publish(actor)
    Customer.upsert(actor, {"email": "anna@shop.example", "notes": "Collector"})
    order = api.order(full.id, customer={"email": "anna@shop.example"}, note="Gift", metadata={"shop": "1"}).json()
    api.post(f"/orders/{order['id']}/cancel", {"reason": "Changed their mind"})
    again = api.order(full.id, customer={"email": "anna@shop.example"}, shipping_address={"country": "BG"}).json()
    Order.find(actor, again["id"]).fulfil(actor, {"carrier": "DHL", "number": "1", "url": "https://dhl.example/1"})


FULL: dict[str, Any] = {
    "description": "Full set.\nUnpolished.",
    "condition": "very_good",
    "year": 2021,
    "case_material": "steel",
    "case_diameter_mm": 39.5,
    "bracelet_material": "leather",
    "dial_color": "blue",
    "movement": "manual",
    "caliber": "3861",
    "power_reserve_h": 50,
    "water_resistance_m": 50,
    "complications": ["chronograph"],
    "has_box": True,
    "has_papers": False,
    "photos": [{"url": "https://photos.example/1.jpg", "position": 0}],
    "serial_number": "SECRET-SERIAL",
    "supplier": "SECRET-SUPPLIER",
    "cost_price_cents": 987_654,
    "sku": "SECRET-SKU",
}


def test_every_event_type_is_recorded_and_matches_its_schema(api: Client, cast: Cast, document: Document) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    cause_every_event(cast.owner, api)
    api.post("/test/webhook_ping", {"message": "Hello"})
    events = api.list_all("/events")
    assert {event["event"] for event in events} == TYPES
    for event in events:
        assert [error.message for error in document.webhooks[event["event"]].validator.iter_errors(event)] == []


def test_live_events_match_their_schemas(live_api: Client, cast: Cast, document: Document) -> None:
    cause_every_event(cast.owner, live_api, is_test=False)
    events = live_api.list_all("/events")
    assert {event["event"] for event in events} == TYPES - {"integration.test_event"}
    for event in events:
        assert document.webhooks[event["event"]].validator.is_valid(event)
        assert (event["livemode"], event["data"]["is_test"]) == (True, False)


def test_events_contain_no_private_data_of_a_watch(api: Client, cast: Cast) -> None:
    cause_every_event(cast.owner, api)
    texts = api.get("/events", limit=100).text + api.get("/listings").text
    assert not [value for value in ("SECRET", "987654", "9876.54") if value in texts]
    names = set(re.findall(r'"([a-z_0-9]+)":', texts))  # values hold random IDs, where "sku" may occur
    assert not [name for name in names if any(word in name for word in ("supplier", "serial", "cost", "sku"))]


def test_origin_and_request_id_identify_the_cause(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    response = api.order(listing.id)
    events = api.list_all("/events")
    assert [(e["event"], e["origin"], e["request_id"]) for e in events] == [
        ("listing.published", "dashboard", None),
        ("order.received", "api", response.headers["X-Request-Id"]),
        ("listing.sold", "api", response.headers["X-Request-Id"]),
    ]


def test_update_has_the_previous_values_of_changed_fields(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing(asking_price_cents=625_050, has_box=None)
    listing.change(cast.owner.actor(), {"asking_price_cents": 600_000, "has_box": True, "model": listing.model})
    updated = api.list_all("/events", type="listing.updated")[0]["data"]
    assert updated["previous_attributes"] == {"asking_price_eur": 6250.5, "has_box": None}
    assert (updated["asking_price_eur"], updated["has_box"]) == (6000, True)


def test_no_event_without_a_public_change(api: Client, cast: Cast) -> None:
    listing, draft = cast.owner.listing(), cast.owner.listing(published=False)
    before = api.list_all("/events")
    listing.change(cast.owner.actor(), {"model": listing.model, "cost_price_cents": 5, "supplier": "Someone"})
    draft.change(cast.owner.actor(), {"title": "Not on the channel"})
    listing.publish(cast.owner.actor())
    assert api.list_all("/events") == before


def test_event_body_is_immutable(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing(title="As bought")
    before = api.list_all("/events")
    listing.change(cast.owner.actor(), {"title": "Polished"})
    assert api.list_all("/events")[: len(before)] == before
    assert before[0]["data"]["title"] == "As bought"


def test_listing_in_an_event_equals_the_listing_of_the_api(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing(**FULL)
    order = api.order(listing.id).json()
    events = {event["event"]: event["data"] for event in api.list_all("/events")}
    assert events["listing.sold"] == api.get(f"/listings/{listing.id}").json()
    assert events["order.received"] == api.get(f"/orders/{order['id']}").json() == order


def test_receiver_gets_the_same_events_as_the_stream(
    api: Client, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    cause_every_event(cast.owner, api)
    deliver()
    sent = {delivered.event["id"]: delivered.event for delivered in receiver.deliveries}
    assert sent == {event["id"]: event for event in api.list_all("/events", limit=100)}


def test_single_event_is_its_body_with_its_deliveries(
    api: Client, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    cast.owner.listing()
    event = api.list_all("/events")[0]
    waiting = api.get(f"/events/{event['id']}").json()
    deliver()
    done = api.get(f"/events/{event['id']}").json()
    for response, state, attempts in ((waiting, "pending", 0), (done, "succeeded", 1)):
        (delivery,) = response.pop("deliveries")
        assert (delivery["endpoint_id"], delivery["state"], delivery["attempts"]) == (endpoint.id, state, attempts)
        assert response == event
    assert orjson.loads(receiver.deliveries[0].body) == event


def test_live_events_in_test_mode_are_recorded_but_never_delivered(
    api: Client, cast: Cast, receiver: Receiver, deliver: Callable[[], None], server: Server
) -> None:
    cast.owner.endpoint(receiver.url)
    cast.owner.listing(is_test=False, model="Before")
    cast.owner.go_live()
    cast.owner.listing(is_test=False, model="After")
    deliver()
    assert [delivered.event["data"]["model"] for delivered in receiver.deliveries] == ["After"]
    recorded = Client(server.url, cast.owner.live_key).list_all("/events")
    assert [event["data"]["model"] for event in recorded] == ["Before", "After"]
