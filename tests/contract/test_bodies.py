"""Bodies: valid JSON in UTF-8, or an error whose `param` names the place."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from spec.document import read_document
from tests.cast import Cast
from tests.client import Client, error_of
from tests.contract.wire import chunked, exchange, request, sized
from tests.hub import Server

VALID = b'{"email": "anna@shop.example"}'
ITEM = {"listing_id": "inv_unknown"}


def post(server: Server, cast: Cast, body: bytes, *, path: str = "/customers", chunks: int = 0) -> requests.Response:
    headers = [
        ("Authorization", f"Bearer {cast.owner.test_key}"),
        ("Idempotency-Key", "one"),
        ("Content-Type", "application/json"),
    ]
    if chunks:
        raw = request("POST", f"/api/v1{path}", [*headers, ("Transfer-Encoding", "chunked")], chunked(body, chunks))
    else:
        raw = request("POST", f"/api/v1{path}", headers + sized(body), body)
    return exchange(server, raw)


@pytest.mark.parametrize("chunks", [0, 1, 7, 1000])
def test_body_may_come_in_chunks(server: Server, cast: Cast, chunks: int) -> None:
    assert post(server, cast, VALID, chunks=chunks).status_code == 201


DEEP_KINDS = {
    "lists": lambda levels: b"[" * levels + b"]" * levels,
    "objects": lambda levels: b'{"a":' * (levels - 1) + b"{}" + b"}" * (levels - 1),
    "lists in metadata": lambda levels: b'{"metadata":{"a":' + b"[" * (levels - 2) + b"]" * (levels - 2) + b"}}",
    "wide and deep": lambda levels: b"[" + b"[]," * 200 + b"[" * (levels - 1) + b"]" * (levels - 1) + b"]",
}


@pytest.mark.parametrize("kind", DEEP_KINDS.values(), ids=DEEP_KINDS)
def test_json_may_be_nested_a_hundred_levels_deep(server: Server, cast: Cast, kind: Callable[[int], bytes]) -> None:
    assert error_of(post(server, cast, kind(100)))[:2] == (400, "validation_failed")
    for levels in (101, 200, 254, 255, 256, 500, 1023, 1024, 1025):
        assert error_of(post(server, cast, kind(levels))) == (400, "invalid_json", "$")


CUSTOMER = b'{"customers": [{"email": "anna@shop.example", "metadata": {%b}}]}'
EXPENSIVE = {
    "integers": (b'{"customers": [' + b"1," * 500_000 + b"1]}", "$"),
    "lists": (b'{"customers": [' + b"[]," * 330_000 + b"[]]}", "$"),
    "objects": (b'{"customers": [' + b"{}," * 330_000 + b"{}]}", "$"),
    "keys": (CUSTOMER % b",".join(b'"k%d":1' % number for number in range(90_000)), "$"),
    "keys up to the limit": (CUSTOMER % b",".join(b'"k%d":1' % number for number in range(19_000)), None),
    "rows up to the limit": (b'{"customers": [' + b"1," * 19_000 + b"1]}", "$.customers"),
    "one string": (b'{"customers": "' + b"[,{" * 330_000 + b'"}', "$.customers"),
    "one string of escapes": (b'{"customers": "' + b'\\",' * 330_000 + b'"}', "$.customers"),
}


@pytest.mark.parametrize("name", EXPENSIVE)
def test_body_with_many_values_is_rejected_fast(server: Server, cast: Cast, name: str) -> None:
    """To find all their errors took 10 s, in which the process served nobody else."""
    body, param = EXPENSIVE[name]
    started_at = time.monotonic()
    status, code, actual_param = error_of(post(server, cast, body, path="/customers/bulk"))
    assert time.monotonic() - started_at < 1
    assert (status, code) == (400, "invalid_json" if param == "$" else "validation_failed")
    assert actual_param == param or (param is None and str(actual_param).startswith("$.customers[0].metadata"))


def test_largest_bulk_request_is_accepted(server: Server, cast: Cast) -> None:
    """Strings may contain any number of commas and brackets."""
    metadata = {f"key{number}": "[,{" * 40 for number in range(50)}
    rows = [{"email": f"{number}@shop.example", "metadata": metadata} for number in range(100)]
    response = post(server, cast, json.dumps({"customers": rows}).encode(), path="/customers/bulk")
    assert response.status_code == 200, response.text[:500]


INVALID_JSON = {
    "nothing": b"",
    "a blank": b" ",
    "half a body": VALID[:-1],
    "two bodies": VALID + VALID,
    "trailing comma": b'{"email": "a@b.example",}',
    "single quotes": b"{'email': 'a@b.example'}",
    "a form": b"email=a%40b.example",
    "NaN": b'{"email": NaN}',
    "latin-1": '{"first_name": "Zoë"}'.encode("latin-1"),
    "UTF-16": VALID.decode().encode("utf-16"),
    "two byte order marks": b"\xef\xbb\xbf" * 2 + VALID,
    "a byte order mark": b"\xef\xbb\xbf",
    "UTF-16 with a byte order mark": b"\xff\xfe" + VALID.decode().encode("utf-16-le"),
    "cut character": b'{"first_name": "\xc3"}',
    "overlong NUL": b'{"first_name": "\xc0\x80"}',
    "lone surrogate": b'{"first_name": "\\ud800"}',
    "surrogate in UTF-8": b'{"first_name": "\xed\xa0\x80"}',
    "raw control character": b'{"first_name": "a\x07"}',
    "deep nesting": b'{"metadata":' * 50_000,
    "deep lists": b"[" * 200_000,
    "closed deep lists": b"[" * 100_000 + b"]" * 100_000,
    "a number of 5,000 digits": b'{"email": ' + b"9" * 5000 + b"}",
    "a number beyond doubles": b'{"email": 1e400}',
}


@pytest.mark.parametrize("chunks", [0, 4096], ids=["whole", "chunked"])
@pytest.mark.parametrize("body", INVALID_JSON.values(), ids=INVALID_JSON)
def test_invalid_json_is_rejected(server: Server, cast: Cast, body: bytes, chunks: int) -> None:
    assert error_of(post(server, cast, body, chunks=chunks)) == (400, "invalid_json", "$")


INVALID: list[tuple[str, Any, str]] = [
    ("/customers", None, "$"),
    ("/customers", [], "$"),
    ("/customers", "anna@shop.example", "$"),
    ("/customers", 12345678901234567890123, "$"),
    ("/customers", {"emial": "anna@shop.example"}, "$.emial"),
    ("/customers", {"id": "cus_unknown"}, "$.id"),
    ("/customers", {"email": "anna"}, "$.email"),
    ("/customers", {"email": 5}, "$.email"),
    ("/customers", {"external_id": ""}, "$.external_id"),
    ("/customers", {"external_id": "x" * 256}, "$.external_id"),
    ("/customers", {"external_id": "a\x00b"}, "$.external_id"),
    ("/customers", {"external_id": "a\nb"}, "$.external_id"),
    ("/customers", {"external_id": 7}, "$.external_id"),
    ("/customers", {"external_id": True}, "$.external_id"),
    ("/customers", {"email": "a@b.example", "notes": "\x00"}, "$.notes"),
    ("/customers", {"email": "a@b.example", "address": {"country": "Bulgaria"}}, "$.address.country"),
    ("/customers", {"email": "a@b.example", "address": {"country": "bg"}}, "$.address.country"),
    ("/customers", {"email": "a@b.example", "address": {"zip": "1000"}}, "$.address.zip"),
    ("/customers", {"email": "a@b.example", "address": "Sofia"}, "$.address"),
    ("/customers", {"email": "a@b.example", "metadata": {"size": 5}}, "$.metadata.size"),
    ("/customers", {"email": "a@b.example", "metadata": {"tags": ["vip"]}}, "$.metadata.tags"),
    ("/customers", {"email": "a@b.example", "metadata": {str(n): "" for n in range(51)}}, "$.metadata"),
    ("/customers", {"email": "a@b.example", "metadata": {"k" * 41: ""}}, "$.metadata"),
    ("/customers/bulk", {}, "$.customers"),
    ("/customers/bulk", {"customers": []}, "$.customers"),
    ("/customers/bulk", {"customers": [{"email": "a@b.example"}] * 101}, "$.customers"),
    ("/customers/bulk", {"customers": [{"email": "a@b.example"}, {"emial": ""}]}, "$.customers[1].emial"),
    ("/orders", {"items": [ITEM]}, "$.customer"),
    ("/orders", {"customer": {"id": "cus_x"}}, "$.items"),
    ("/orders", {"customer": {"id": "cus_x"}, "items": []}, "$.items"),
    ("/orders", {"customer": {"id": "cus_x"}, "items": [ITEM] * 21}, "$.items"),
    ("/orders", {"customer": {"id": "cus_x"}, "items": [ITEM, {}]}, "$.items[1].listing_id"),
    ("/orders", {"customer": {"id": "cus_x"}, "items": [{**ITEM, "price": 5}]}, "$.items[0].price"),
    ("/orders", {"customer": {"id": "cus_x"}, "items": [{**ITEM, "price_eur": -1}]}, "$.items[0].price_eur"),
    ("/orders", {"customer": {"id": "cus_x"}, "items": [{**ITEM, "price_eur": 10**9}]}, "$.items[0].price_eur"),
    ("/orders", {"customer": {"id": "cus_x"}, "items": [{**ITEM, "price_eur": "5"}]}, "$.items[0].price_eur"),
    ("/orders", {"customer": {"id": "cus_x"}, "items": [{"listing_id": None}]}, "$.items[0].listing_id"),
    ("/orders", {"customer": None, "items": [ITEM]}, "$.customer"),
    ("/orders", {"customer": {"id": "cus_x"}, "items": [ITEM], "status": "fulfilled"}, "$.status"),
]


@pytest.mark.parametrize(("path", "body", "param"), INVALID, ids=[f"{path}-{param}" for path, _, param in INVALID])
def test_invalid_body_is_rejected_with_its_place(api: Client, path: str, body: Any, param: str) -> None:
    response = api.session.post(
        api.url + path,
        data=json.dumps(body),
        headers={"Idempotency-Key": "one", "Content-Type": "application/json"},
    )
    assert error_of(response) == (400, "validation_failed", param)
    message = response.json()["error"]["message"]
    assert not [jargon for jargon in ("schema", "oneOf", "keyword", "^", "property", "{") if jargon in message]


def test_rejected_value_is_not_echoed(api: Client, cast: Cast) -> None:
    for body in ({"email": cast.owner.live_key}, {"email": {"key": cast.owner.live_key}}):
        assert cast.owner.live_key not in api.post("/customers", body).text


@pytest.mark.parametrize("body", [None, b"", b"null", b" null ", b"{}", b'{"reason": null}'])
def test_optional_body_may_be_omitted_or_null(api: Client, cast: Cast, body: bytes | None) -> None:
    order = api.order(cast.owner.listing().id).json()
    headers = {"Idempotency-Key": "one", "Content-Type": "application/json"}
    response = api.session.post(f"{api.url}/orders/{order['id']}/cancel", data=body, headers=headers)
    assert (response.status_code, response.json()["cancel_reason"]) == (200, None)


def nulls(name: str) -> dict[str, None]:
    """Null for every optional field of a request schema, as some generated clients send it."""
    schema = read_document()["components"]["schemas"][name]
    return dict.fromkeys(schema["properties"].keys() - set(schema.get("required", [])))


def test_null_is_accepted_for_every_optional_field(api: Client, cast: Cast) -> None:
    email, item = {"email": "anna@shop.example"}, {"listing_id": cast.owner.listing().id}
    cast.owner.endpoint("https://shop.example/hooks")
    customer = {**nulls("CustomerInput"), **email}
    order = {**nulls("OrderInput"), "items": [{**nulls("OrderItemInput"), **item}]}
    assert api.post("/customers", customer).status_code == 201
    assert api.post("/customers", {**email, "address": nulls("AddressInput")}).status_code == 200
    assert api.post("/customers/bulk", {"customers": [customer]}).json()["matched"] == 1
    placed = api.post("/orders", {**order, "customer": {**nulls("OrderCustomerInput"), **email}}).json()
    assert placed["total_eur"] == 6250.5
    cancelled = api.post(f"/orders/{placed['id']}/cancel", nulls("CancelInput")).json()
    by_id = {**nulls("OrderCustomerInput"), "id": cancelled["customer"]["id"]}
    assert api.post("/orders", {**order, "customer": by_id}).status_code == 201
    assert api.post("/test/webhook_ping", nulls("PingInput")).status_code == 201


def test_texts_are_returned_unchanged(api: Client) -> None:
    names = {"first_name": "Zoë 🕰 <b>&amp;", "last_name": 'O\'Brien \\ "Š" \u202e', "notes": "one\ntwo\tthree"}
    customer = api.post("/customers", {"email": "z@shop.example", **names}).json()
    assert {name: api.get(f"/customers/{customer['id']}").json()[name] for name in names} == names


@pytest.mark.parametrize("chunks", [0, 1], ids=["whole", "chunked"])
def test_byte_order_mark_is_ignored(server: Server, cast: Cast, chunks: int) -> None:
    response = post(server, cast, b"\xef\xbb\xbf" + VALID, chunks=chunks)
    assert (response.status_code, response.json()["email"]) == (201, "anna@shop.example")


def test_byte_order_mark_is_no_body_where_none_is_required(api: Client, cast: Cast) -> None:
    order = api.order(cast.owner.listing().id).json()
    headers = {"Idempotency-Key": "one", "Content-Type": "application/json"}
    response = api.session.post(f"{api.url}/orders/{order['id']}/cancel", data=b"\xef\xbb\xbf", headers=headers)
    assert response.status_code == 200


def test_byte_order_mark_belongs_to_the_bytes_of_a_repeated_request(server: Server, cast: Cast) -> None:
    marked = b"\xef\xbb\xbf" + VALID
    assert post(server, cast, marked).status_code == 201
    assert post(server, cast, marked).headers["Idempotent-Replay"] == "true"
    assert error_of(post(server, cast, VALID))[:2] == (409, "key_reused_with_different_body")


REPEATED_KEYS = {
    "two prices": (b'{"items": [{"price_eur": 1, "listing_id": "inv_1", "price_eur": 2}]}', "$.items[0].price_eur"),
    "equal values": (b'{"email": "a@b.example", "email": "a@b.example"}', "$.email"),
    "an escaped spelling": (b'{"email": "a@b.example", "\\u0065mail": "c@d.example"}', "$.email"),
    "one replaced by null": (b'{"email": "a@b.example", "email": null}', "$.email"),
    "free keys": (b'{"metadata": {"a": "1", "b": "2", "a": "3"}}', "$.metadata.a"),
    "an unknown field": (b'{"x": 1, "x": 1}', "$.x"),
    "an empty key": (b'{"": 1, "": 1}', "$."),
    "inside a replaced object": (b'{"address": {"city": "a", "city": "b"}, "address": {}}', "$.address"),
    "the second of two objects": (
        b'{"customers": [{"email": "a"}, {"email": "a", "email": "a"}]}',
        "$.customers[1].email",
    ),
    "a long key": (b'{"%(k)b": 1, "%(k)b": 1}' % {b"k": b"k" * 5000}, "$." + "k" * 200),
    "many": (b"{" + b'"a":1,' * 19_000 + b'"a":1}', "$.a"),
    "the deepest level": (b"[" * 99 + b'{"a":1,"a":1}' + b"]" * 99, "$" + "[0]" * 99 + ".a"),
}


@pytest.mark.parametrize(("body", "param"), REPEATED_KEYS.values(), ids=REPEATED_KEYS)
def test_repeated_key_is_rejected_with_its_place(server: Server, cast: Cast, body: bytes, param: str) -> None:
    response = post(server, cast, body)
    assert error_of(response) == (400, "invalid_json", param)
    assert response.json()["error"]["message"] == "This key occurs more than once in its object. Send each key once."


def test_rejected_repetition_writes_and_stores_nothing(server: Server, cast: Cast, api: Client) -> None:
    assert post(server, cast, b'{"email": "a@b.example", "email": "c@d.example"}').status_code == 400
    assert api.list_all("/customers") == []
    assert post(server, cast, VALID).status_code == 201


def test_key_may_occur_in_several_objects(server: Server, cast: Cast) -> None:
    first, second = b'{"email": "a@b.example", "notes": "\\"email\\": 1, \\"email\\": 2"}', b'{"email": "c@d.example"}'
    body = b'{"customers": [%b, %b]}' % (first, second)
    assert post(server, cast, body, path="/customers/bulk").json()["created"] == 2


def test_message_says_what_a_price_and_a_list_must_be(api: Client) -> None:
    price = {"items": [{**ITEM, "price_eur": 14500.005}], "customer": {"email": "anna@shop.example"}}
    assert api.post("/orders", price).json()["error"]["message"] == "An amount in euros has at most two decimals."
    assert api.post("/customers/bulk", {"customers": []}).json()["error"]["message"] == "This list must not be empty."
