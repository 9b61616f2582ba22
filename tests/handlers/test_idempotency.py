"""Idempotency-Key: a write runs once; a repeated request gets the first response."""

import json

import pytest
import requests

from models.accounts.integration import Integration
from models.listing import Listing
from tests.cast import Cast
from tests.client import Client, error_of
from tests.conftest import Clock
from tests.contract.wire import exchange, request, sized
from tests.handlers.database_conditions import corrupt_photos
from tests.hub import Server

BUYER = {"email": "anna@shop.example"}
DAY = 24 * 3600


def is_replay(response: requests.Response) -> bool:
    return response.headers.get("Idempotent-Replay") == "true"


POSTS = ["/customers", "/customers/bulk", "/orders", "/orders/ord_unknown/cancel", "/test/webhook_ping"]


@pytest.mark.parametrize("path", POSTS)
def test_every_write_needs_a_key(api: Client, path: str) -> None:
    response = api.session.post(api.url + path, json={})
    assert error_of(response) == (400, "missing_idempotency_key", "Idempotency-Key")


@pytest.mark.parametrize("key", ["x", "k" * 255, "a key with blanks", "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"])
def test_key_is_any_printable_ascii(api: Client, key: str) -> None:
    assert [api.post("/customers", BUYER, key=key).status_code for _ in range(2)] == [201, 201]


@pytest.mark.parametrize("key", ["", "k" * 256, "k\xe9y", "k\xa0y", "k\ty", "é🕰"], ids=repr)
def test_key_of_anything_else_is_invalid(server: Server, cast: Cast, api: Client, key: str) -> None:
    credentials = [("Authorization", f"Bearer {cast.owner.test_key}"), ("Content-Type", "application/json")]
    body = json.dumps(BUYER).encode()
    headers = [*credentials, ("Idempotency-Key", key.encode().decode("latin-1")), *sized(body)]
    response = exchange(server, request("POST", "/api/v1/customers", headers, body))
    assert error_of(response) == (400, "invalid_idempotency_key", "Idempotency-Key")
    assert api.list_all("/customers") == []


def test_two_keys_are_invalid(server: Server, cast: Cast) -> None:
    credentials = [("Authorization", f"Bearer {cast.owner.test_key}"), ("Content-Type", "application/json")]
    headers = [*credentials, ("Idempotency-Key", "a"), ("Idempotency-Key", "a"), *sized(b"{}")]
    response = exchange(server, request("POST", "/api/v1/customers", headers, b"{}"))
    assert error_of(response) == (400, "invalid_idempotency_key", "Idempotency-Key")


def test_key_on_a_read_is_ignored(api: Client, cast: Cast) -> None:
    before = api.get("/listings", headers={"Idempotency-Key": "one"}).json()
    cast.owner.listing()
    assert api.get("/listings", headers={"Idempotency-Key": "one"}).json() != before


def test_repeated_request_gets_the_first_response_and_changes_nothing(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    first = api.order(listing.id, key="one")
    events = api.list_all("/events")
    second = api.order(listing.id, key="one")
    assert (first.status_code, is_replay(first)) == (201, False)
    assert (second.status_code, is_replay(second)) == (201, True)
    assert second.content == first.content
    assert second.headers["X-Request-Id"] == first.headers["X-Request-Id"]
    assert api.list_all("/events") == events
    assert len(api.list_all("/orders")) == 1


def test_stored_response_is_returned_even_if_the_row_has_changed(api: Client, cast: Cast) -> None:
    first = api.order(cast.owner.listing().id, key="one")
    order = first.json()["id"]
    assert api.post(f"/orders/{order}/cancel", key="two").json()["status"] == "cancelled"
    again = api.order(first.json()["items"][0]["listing_id"], key="one")
    assert (again.status_code, again.json()["status"]) == (201, "received")
    assert api.get(f"/orders/{order}").json()["status"] == "cancelled"


def test_every_write_can_be_repeated(api: Client, cast: Cast) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    order = api.order(cast.owner.listing().id).json()["id"]
    for path, body in (
        ("/customers", BUYER),
        ("/customers/bulk", {"customers": [BUYER, {"phone": "12"}]}),
        (f"/orders/{order}/cancel", {"reason": "Changed their mind"}),
        ("/test/webhook_ping", None),
    ):
        first, second = api.post(path, body, key="one"), api.post(path, body, key="one")
        assert (first.ok, is_replay(first), is_replay(second)) == (True, False, True)
        assert (second.status_code, second.content) == (first.status_code, first.content)


def test_same_key_with_another_body_is_rejected(api: Client) -> None:
    assert api.post("/customers", BUYER, key="one").status_code == 201
    response = api.post("/customers", {"email": "bea@shop.example"}, key="one")
    assert error_of(response) == (409, "key_reused_with_different_body", "Idempotency-Key")
    assert len(api.list_all("/customers")) == 1
    assert is_replay(api.post("/customers", BUYER, key="one"))


def test_bodies_are_compared_byte_by_byte(api: Client) -> None:
    headers = {"Idempotency-Key": "one", "Content-Type": "application/json"}
    first, second = (
        api.session.post(api.url + "/customers", data=body, headers=headers)
        for body in (b'{"email":"a@b.example"}', b'{"email": "a@b.example"}')
    )
    assert first.status_code == 201
    assert error_of(second)[1] == "key_reused_with_different_body"


def test_missing_body_differs_from_an_empty_object(api: Client, cast: Cast) -> None:
    order = api.order(cast.owner.listing().id).json()["id"]
    assert api.post(f"/orders/{order}/cancel", key="one").status_code == 200
    assert error_of(api.post(f"/orders/{order}/cancel", {}, key="one"))[1] == "key_reused_with_different_body"


def test_business_rule_rejection_is_stored_and_changes_nothing(api: Client, cast: Cast) -> None:
    sold = cast.owner.listing()
    api.order(sold.id)
    events = len(api.list_all("/events"))
    first = api.order(sold.id, key="one", customer={"email": "new@shop.example"})
    assert error_of(first) == (409, "listing_not_available", "$.items[0].listing_id")
    assert api.list_all("/customers", email="new@shop.example") == []
    assert len(api.list_all("/events")) == events
    again = api.order(sold.id, key="one", customer={"email": "new@shop.example"})
    assert (again.status_code, again.content, is_replay(again)) == (409, first.content, True)
    assert again.headers["X-Request-Id"] == first.headers["X-Request-Id"]


def test_not_found_response_is_stored(api: Client, cast: Cast) -> None:
    draft = cast.owner.listing(published=False)
    assert error_of(api.order(draft.id, key="one"))[:2] == (404, "listing_not_found")
    Listing.find(cast.owner.actor(), draft.id).publish(cast.owner.actor())
    again = api.order(draft.id, key="one")
    assert (again.status_code, is_replay(again)) == (404, True)
    assert api.order(draft.id, key="two").status_code == 201


@pytest.mark.parametrize(
    "wrong", [{"emial": "anna@shop.example"}, {"phone": "12"}, {"email": None}], ids=["schema", "phone", "nothing"]
)
def test_invalid_request_is_not_stored(api: Client, wrong: dict[str, str]) -> None:
    assert error_of(api.post("/customers", wrong, key="one"))[:2] == (400, "validation_failed")
    assert api.post("/customers", BUYER, key="one").status_code == 201


def test_forbidden_request_is_not_stored(server: Server, cast: Cast) -> None:
    live = Client(server.url, cast.owner.live_key)
    assert error_of(live.post("/customers", BUYER, key="one"))[:2] == (403, "test_mode_active")
    cast.owner.go_live()
    assert live.post("/customers", BUYER, key="one").status_code == 201


def test_rate_limited_request_is_not_stored(api: Client, cast: Cast) -> None:
    limit = Integration.update(rate_limit=1).where(Integration.dealer == cast.owner.dealer)
    limit.execute()
    api.get("/me")
    assert error_of(api.post("/customers", BUYER, key="one"))[:2] == (429, "too_many_requests")
    Integration.update(rate_limit=600).execute()
    assert api.post("/customers", BUYER, key="one").status_code == 201


def test_internal_error_is_not_stored(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    corrupt_photos(listing.id, "not JSON")
    assert error_of(api.order(listing.id, key="one"))[:2] == (500, "internal_error")
    corrupt_photos(listing.id, "[]")
    assert api.order(listing.id, key="one").status_code == 201


def test_key_is_scoped_to_path_dealer_and_mode(server: Server, cast: Cast) -> None:
    first = Client(server.url, cast.owner.test_key).post("/customers", BUYER, key="one")
    assert first.status_code == 201
    for person in (cast.owner, cast.stranger):
        person.go_live()
    for key in (cast.owner.live_key, cast.stranger.test_key, cast.stranger.live_key):
        other = Client(server.url, key).post("/customers", BUYER, key="one")
        assert (other.status_code, is_replay(other)) == (201, False)
    same_key = Client(server.url, cast.owner.test_key).post("/customers/bulk", {"customers": [BUYER]}, key="one")
    assert (same_key.status_code, is_replay(same_key)) == (200, False)


def test_key_of_one_order_does_not_cancel_another(api: Client, cast: Cast) -> None:
    orders = [api.order(listing.id).json()["id"] for listing in cast.owner.listings(2)]
    responses = [api.post(f"/orders/{order}/cancel", key="one").json() for order in orders]
    assert [response["id"] for response in responses] == orders


def test_key_expires_after_24_hours(api: Client, clock: Clock) -> None:
    assert api.post("/customers", BUYER, key="one").status_code == 201
    clock.forward(DAY - 1)
    assert is_replay(api.post("/customers", BUYER, key="one"))
    clock.forward(1)
    again = api.post("/customers", BUYER, key="one")
    assert (again.status_code, is_replay(again)) == (200, False)
    assert is_replay(api.post("/customers", BUYER, key="one"))
