"""POST /test/verify: the hub knows its own secrets and bodies."""

import base64
from typing import Any

import orjson
import pytest

from models.clock import now
from models.delivery.event import Event
from tests.cast import Cast
from tests.client import Client, error_of
from webhooks.signing import headers


def sign(secret: str, body: bytes) -> str:
    signed = headers(event_id="evt_1", body=body, timestamp=now() // 1000, secrets=[secret])
    return signed["WTH-Signature"]


def check(api: Client, **fields: Any) -> tuple[bool, str]:
    response = api.post("/test/verify", fields)
    assert response.status_code == 200
    assert "whsec_" not in response.text.replace("prefix whsec_", "")
    return response.json()["valid"], response.json()["cause"]


@pytest.fixture
def sent(cast: Cast) -> bytes:
    cast.owner.listing()
    body: str = Event.get(Event.dealer == cast.owner.dealer).body
    return body.encode()


def test_signature_of_the_hub_is_valid_without_a_secret(api: Client, cast: Cast, sent: bytes) -> None:
    _, secret = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    assert check(api, signature=sign(secret, sent), body=sent.decode()) == (True, "valid")
    encoded = base64.b64encode(sent).decode()
    assert check(api, signature=sign(secret, sent), body_base64=encoded, secret=secret) == (True, "valid")


def test_reserialized_body_of_an_event_is_recognized(api: Client, cast: Cast, sent: bytes) -> None:
    _, secret = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    indented = orjson.dumps(orjson.loads(sent), option=orjson.OPT_INDENT_2).decode()
    assert check(api, signature=sign(secret, sent), body=indented) == (False, "reserialized_body")


def test_other_secrets_of_the_dealer_are_recognized(api: Client, cast: Cast, sent: bytes) -> None:
    endpoint, first = cast.owner.endpoint("http://127.0.0.1:9/hooks", mode="test")
    _, other = cast.owner.endpoint("http://127.0.0.1:9/other", mode="test")
    _, live = cast.owner.endpoint("http://127.0.0.1:9/live", mode="live")
    body = sent.decode()
    assert check(api, signature=sign(first, sent), body=body, secret=other) == (False, "wrong_secret")
    assert check(api, signature=sign(live, sent), body=body) == (False, "wrong_secret")
    endpoint.rotate_secret()
    assert check(api, signature=sign(first, sent), body=body) == (False, "previous_secret")


def test_another_dealers_secrets_and_bodies_are_unknown(api: Client, cast: Cast) -> None:
    _, secret = cast.stranger.endpoint("http://127.0.0.1:9/hooks")
    cast.stranger.listing()
    body = Event.get(Event.dealer == cast.stranger.dealer).body
    assert check(api, signature=sign(secret, body.encode()), body=body) == (False, "no_match")


def test_body_that_was_read_before_is_recognized(api: Client, cast: Cast, sent: bytes) -> None:
    _, secret = cast.owner.endpoint("http://127.0.0.1:9/hooks")
    for fields in ({}, {"body": ""}, {"body": sent.decode(), "body_base64": ""}):
        assert check(api, signature=sign(secret, sent), **fields) == (False, "empty_body")


def test_body_that_is_no_base64_is_rejected(api: Client) -> None:
    for body in ("e30", "e30==", "e30=e30=", "-_=="):
        response = api.post("/test/verify", {"signature": "t=1,v1=00", "body_base64": body})
        assert error_of(response) == (400, "validation_failed", "$.body_base64")


def test_live_key_is_rejected(live_api: Client) -> None:
    assert error_of(live_api.post("/test/verify", {"signature": "x", "body": ""})) == (403, "test_key_required", None)
