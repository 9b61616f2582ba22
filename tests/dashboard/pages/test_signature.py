"""Signature debugger: the page names the same causes as the API."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable

import pytest

from models.clock import now
from models.delivery.endpoint import Endpoint
from models.delivery.event import Event
from spec.document import read_document
from tests.cast import Cast
from tests.client import Client
from tests.dashboard.browser import Browser, page
from webhooks import signing

PATH = "/channels/custom/signature"
CAUSES = read_document()["components"]["schemas"]["SignatureCause"]["enum"]


class Sent:
    """An event's body, the endpoint that gets it, and secrets beside the right one."""

    def __init__(self, cast: Cast) -> None:
        cast.owner.listing()
        self.body: str = Event.get(Event.dealer == cast.owner.dealer).body
        endpoint, self.previous = cast.owner.endpoint("http://127.0.0.1:9/hooks", mode="test")
        self.secret = Endpoint.get_by_id(endpoint.id).rotate_secret()
        _, self.live = cast.owner.endpoint("http://127.0.0.1:9/live", mode="live")
        self.at = now() // 1000

    def sign(self, secret: str = "", body: str = "", age: int = 0) -> str:
        signed = signing.headers(
            event_id="evt", body=(body or self.body).encode(), timestamp=self.at - age, secrets=[secret or self.secret]
        )
        return signed["WTH-Signature"]

    def digest(self, secret: str) -> bytes:
        return hmac.new(secret.encode(), f"{self.at}.{self.body}".encode(), hashlib.sha256).digest()


@pytest.fixture
def sent(cast: Cast) -> Sent:
    return Sent(cast)


# By cause: a header and a body as a receiver has them
CASES: dict[str, Callable[[Sent], tuple[str, str]]] = {
    "valid": lambda sent: (sent.sign(), sent.body),
    "malformed_header": lambda sent: ("v1=abc", sent.body),
    "old_timestamp": lambda sent: (sent.sign(age=400), sent.body),
    "future_timestamp": lambda sent: (sent.sign(age=-400), sent.body),
    "missing_prefix": lambda sent: (
        f"t={sent.at},v1={sent.digest(sent.secret.removeprefix('whsec_')).hex()}",
        sent.body,
    ),
    "wrong_secret": lambda sent: (sent.sign(sent.live), sent.body),
    "previous_secret": lambda sent: (sent.sign(sent.previous), sent.body),
    "wrong_encoding": lambda sent: (
        f"t={sent.at},v1={base64.b64encode(sent.digest(sent.secret)).decode()}",
        sent.body,
    ),
    "reserialized_body": lambda sent: (sent.sign(), json.dumps(json.loads(sent.body), indent=2)),
    "changed_body": lambda sent: (sent.sign(), sent.body.replace('"livemode":false', '"livemode":true')),
    "empty_body": lambda sent: (sent.sign(), ""),
    "no_match": lambda sent: (sent.sign(signing.new_secret()), sent.body),
}


def check(owner: Browser, header: str, body: str, secret: str = "") -> str:
    response = owner.post(PATH, {"header": header, "body": body, "secret": secret})
    assert response.status_code == 200
    return page(response).text


def test_every_cause_has_a_case() -> None:
    assert list(CASES) == CAUSES


@pytest.mark.parametrize("cause", CASES)
def test_page_and_api_name_the_same_cause(owner: Browser, api: Client, sent: Sent, cause: str) -> None:
    header, body = CASES[cause](sent)
    result = api.post("/test/verify", {"signature": header, "body": body}).json()
    shown = check(owner, header, body)
    assert result["cause"] == cause
    assert result["explanation"] in shown
    assert (f"Cause: {cause}" in shown) == (cause != "valid")
    assert not [secret for secret in (sent.secret, sent.previous, sent.live) if secret in shown]


def test_given_secret_is_checked(owner: Browser, sent: Sent) -> None:
    other = signing.new_secret()
    assert "The signature is valid." in check(owner, sent.sign(other), sent.body, f" {other} ")
    assert "The secret of another endpoint" in check(owner, sent.sign(), sent.body, sent.live)


def test_either_kind_of_line_ends_may_have_been_signed(owner: Browser, sent: Sent) -> None:
    body = '{"a":\n1}'
    crlf = body.replace("\n", "\r\n")
    for signed in (body, crlf):
        assert "The signature is valid." in check(owner, sent.sign(body=signed), crlf)
    assert "more than five minutes old" in check(owner, sent.sign(body=crlf, age=400), crlf)
    assert "white space around it" in check(owner, sent.sign(body=body), f"{crlf}\r\n")


def test_secrets_of_another_dealer_are_unknown(owner: Browser, cast: Cast, sent: Sent) -> None:
    _, secret = cast.stranger.endpoint("http://127.0.0.1:9/hooks", mode="test")
    assert "Cause: no_match" in check(owner, sent.sign(secret), sent.body)


def test_too_long_a_secret_is_an_error_of_the_form(owner: Browser, sent: Sent) -> None:
    response = owner.post(PATH, {"header": sent.sign(), "body": sent.body, "secret": "x" * 201})
    assert response.status_code == 422
    assert "x" * 201 not in response.text
