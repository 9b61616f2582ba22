"""The API request log, filled by requests to the real application. A server that has stopped has written everything."""

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from models.accounts.integration import Integration
from models.customer import Customer
from models.erasure import erase
from models.request_log.batch_writer import write_requests
from models.request_log.request_batch import RequestBatch
from spec.document import Node, read_document
from tests.cast import Cast, Person
from tests.client import Client
from tests.hub import serve_app
from tests.request_log import record, requests_of
from tests.spec.reading import operations

DOCUMENT = read_document()
OPERATIONS = [operation for operation in operations(DOCUMENT) if operation.kind == "paths"]
PUBLIC = ("getHealth", "getOpenapi", "getOpenApiDocument")
SECRET = "whsec_" + "c2VjcmV0IG9mIGEgd2ViaG9vayBlbmRwb2ludA=="


def log_requests(person: Person, send: Callable[[Client], Any], *, key: str | None = None) -> list[Any]:
    """Send requests to a hub of their own, stop it, and return what the dealer's log has, oldest first."""
    with serve_app() as server:
        send(Client(server.url, key or person.test_key))
    return requests_of(person)


def send_all(api: Client) -> None:
    """Send one request to every operation, with an ID that does not exist."""
    for operation in OPERATIONS:
        path = operation.route
        for part in [part for part in path.split("/") if part.startswith("{")]:
            path = path.replace(part, f"{part[1:4]}_x")
        if operation.verb == "get":
            api.get(path)
        else:
            headers = {"Idempotency-Key": operation.node["operationId"]}
            api.session.request(operation.verb, api.url + path, json={}, headers=headers, timeout=40)


def is_public(node: Node) -> bool:
    return node.get("security", DOCUMENT.get("security")) == []


def test_each_authenticated_request_is_recorded(cast: Cast) -> None:
    recorded = {request.operation for request in log_requests(cast.owner, send_all)}
    assert recorded == {op.node["operationId"] for op in OPERATIONS if not is_public(op.node)}


@pytest.mark.parametrize("key", ["", "wth_" + "x" * 32], ids=["none", "wrong"])
def test_request_without_a_valid_key_is_not_recorded(cast: Cast, key: str) -> None:
    with serve_app() as server:
        send_all(Client(server.url, key or None))
    assert RequestBatch.select().count() == 0


def test_request_is_recorded_with_what_it_sent_and_received(cast: Cast) -> None:
    watch = cast.owner.listing()
    [order] = log_requests(cast.owner, lambda api: api.order(watch.id, key="order-1"))
    assert (order.method, order.path, order.operation) == ("POST", "/api/v1/orders", "createOrder")
    assert (order.status, order.error_code, order.is_replay, order.is_test) == (201, None, False, True)
    assert order.key_prefix == cast.owner.test_key[:12]
    assert order.address == "127.0.0.1"
    assert order.duration_ms > 0
    content = order.content(cast.owner.dealer)
    assert content.request_headers["idempotency-key"] == "order-1"
    assert "authorization" not in content.request_headers
    assert orjson.loads(content.request_body)["items"] == [{"listing_id": watch.id}]
    assert orjson.loads(content.response_body)["object"] == "order"


def test_successful_read_is_recorded_with_its_query_and_without_bodies(cast: Cast) -> None:
    [found] = log_requests(cast.owner, lambda api: api.get("/customers", email="bea+1@shop.example"))
    content = found.content(cast.owner.dealer)
    assert content == ("email=bea+1@shop.example", {}, "", "")
    assert (found.path, found.status) == ("/api/v1/customers", 200)


def test_request_is_linked_with_the_events_that_it_caused(cast: Cast) -> None:
    watch = cast.owner.listing()
    [order] = log_requests(cast.owner, lambda api: api.order(watch.id))
    events = order.events(cast.owner.dealer)
    assert [event.type for event in events] == ["order.received", "listing.sold"]
    assert {event.request_id for event in events} == {order.request_id}


def test_replay_is_flagged_and_shows_the_events_of_the_first_request(cast: Cast) -> None:
    watch = cast.owner.listing()
    first, replay = log_requests(cast.owner, lambda api: [api.order(watch.id, key="same") for _ in range(2)])
    assert (first.is_replay, replay.is_replay) == (False, True)
    assert replay.request_id == first.request_id
    assert replay.id != first.id
    assert [event.id for event in replay.events(cast.owner.dealer)] == [
        event.id for event in first.events(cast.owner.dealer)
    ]


def test_rejected_request_has_its_error_code_and_no_events(cast: Cast) -> None:
    watch = cast.owner.listing()

    def sell_twice(api: Client) -> None:
        api.order(watch.id)
        api.order(watch.id)
        api.get("/listings/inv_missing")
        api.post("/orders", {"items": 3})
        api.session.post(
            f"{api.url}/orders",
            data=b'{"items": [',
            headers={"Content-Type": "application/json", "Idempotency-Key": "k"},
        )

    _, *errors = log_requests(cast.owner, sell_twice)
    codes = [request.error_code for request in errors]
    assert codes == ["listing_not_available", "listing_not_found", "validation_failed", "invalid_json"]
    assert [request.events(cast.owner.dealer) for request in errors] == [[]] * 4
    bodies = [request.content(cast.owner.dealer).request_body for request in errors]
    assert bodies[2:] == ['{"items": 3}', '{"items": [']
    assert all(request.error_code in request.content(cast.owner.dealer).response_body for request in errors)


def test_dealers_and_modes_have_their_own_requests(cast: Cast) -> None:
    Integration.update(is_test_mode=False).execute()
    with serve_app() as server:
        for key in (cast.owner.test_key, cast.owner.live_key, cast.stranger.test_key):
            Client(server.url, key).get("/me")
    assert [request.is_test for request in requests_of(cast.owner)] == [True, False]
    [strange] = requests_of(cast.stranger)
    assert strange.key_prefix == cast.stranger.test_key[:12]


def test_no_secret_is_in_the_log(cast: Cast) -> None:
    """Neither as text, nor with escapes, nor by the name of its field."""
    key = cast.owner.live_key
    escaped = "\\u0077th_" + key[4:]
    body = f'{{"note": "{escaped}", "{key}": "x", "meta": {{"access_token": "hunter2"}}, "secret": "hunter2"}}'

    def leak(api: Client) -> None:
        api.get("/listings", q=key, password="hunter2")
        api.get(f"/listings/{key}")
        api.post("/test/verify", {"secret": SECRET, "body": "{}"})
        for text in (body, body[: body.index("hunter2") + 3]):  # the second one is cut off inside a secret
            api.session.post(
                f"{api.url}/orders",
                data=text,
                headers={"Content-Type": "application/json", "Idempotency-Key": SECRET, "User-Agent": f"shop {key}"},
            )

    assert len(log_requests(cast.owner, leak)) == 5
    stored = "".join(f"{batch.requests}{batch.contents}" for batch in RequestBatch.select())
    for secret in (key[4:], cast.owner.test_key[12:], SECRET[10:], "hunter2", "hun"):
        assert secret not in stored, secret
    assert "wth_..." in stored


def test_long_body_is_cut_off(cast: Cast) -> None:
    watch = cast.owner.listing()
    [order] = log_requests(cast.owner, lambda api: api.order(watch.id, note="long " * 5000))
    assert len(order.content(cast.owner.dealer).request_body) == 8 * 1024


def test_nothing_is_recorded_while_the_dealer_has_switched_the_log_off(cast: Cast) -> None:
    Integration.of(cast.owner.dealer).switch(has_request_log=False)
    assert log_requests(cast.owner, lambda api: api.get("/me")) == []
    Integration.of(cast.owner.dealer).switch(has_request_log=True)
    assert len(log_requests(cast.owner, lambda api: api.get("/me"))) == 1


def test_erasure_of_a_customer_removes_bodies_and_queries_but_not_requests(cast: Cast) -> None:
    watch, actor = cast.owner.listing(), cast.owner.actor()

    def name_bea(api: Client) -> None:
        api.order(watch.id)
        api.post("/customers", {"email": "not an address, Bea"})
        api.get("/customers", email="buyer@shop.example")

    assert len(log_requests(cast.owner, name_bea)) == 3
    unwritten = record(cast.owner, request_body=b'{"first_name": "Bea"}')
    erase(actor, Customer.of(actor).get())
    write_requests(unwritten.mode, [unwritten], 0)
    assert len(requests_of(cast.owner)) == 4
    assert {batch.contents for batch in RequestBatch.select()} == {None}
    later = record(cast.owner, at=unwritten.started_at + 60_000, request_body=b'{"first_name": "Ada"}')
    write_requests(later.mode, [later], 0)
    content = requests_of(cast.owner)[-1].content(cast.owner.dealer)
    assert content is not None
    assert content.request_body == '{"first_name": "Ada"}'
