"""Laws of the Python client that need no hub: retries, secrets, paths and signatures."""

import json
import logging
import pickle
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from watchtraderhub import ApiConnectionError, Client, PayloadError, SignatureError, StatusError, errors, webhooks
from watchtraderhub import signing as webhook_signing
from watchtraderhub.retries import RetryPolicy, parse_retry_after

from tests.clients.flaky_hub import Outcome, serve_flaky
from tests.hub import Server
from webhooks import signing

KEY = "wth_SecretSecretSecretSecretSecret12"
SECRET = signing.new_secret()
BODY = b'{"id":"evt_1","event":"listing.auctioned","data":{"lots":3}}'
NOW = 1_778_229_700


def failure(status: int, code: str | None = None, **headers: str) -> Outcome:
    body = b"<h1>Bad gateway</h1>" if code is None else json.dumps({"error": {"type": "x", "code": code}}).encode()
    return status, {name.replace("_", "-"): value for name, value in headers.items()}, body


class Attempts:
    """Calls `GET /me` with a client that sleeps without waiting."""

    def __init__(self, server: Server, key: str) -> None:
        self.server, self.key, self.slept = server, key, list[float]()

    def __call__(self, outcomes: Sequence[Outcome], **options: Any) -> tuple[int, StatusError | None]:
        with serve_flaky(self.server.site, {"GET /me": list(outcomes)}) as hub:
            client = Client(self.key, base_url=hub.url, sleep=self.slept.append, jitter=lambda: 1.0, **options)
            with client:
                try:
                    client.integration.get_me()
                except StatusError as error:
                    return len(hub.requests), error
                return len(hub.requests), None


@pytest.fixture
def attempts(server: Server, cast: Any) -> Attempts:
    return Attempts(server, cast.owner.test_key)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_sent_again_with_a_growing_delay(attempts: Attempts, status: int) -> None:
    assert attempts([failure(status)] * 4) == (5, None)
    assert attempts.slept == [0.5, 1, 2, 4]


def test_the_last_error_is_raised_when_no_attempt_is_left(attempts: Attempts) -> None:
    sent, error = attempts([failure(503, "service_unavailable")] * 9, max_retries=2)
    assert (sent, type(error)) == (3, errors.ServiceUnavailableError)


@pytest.mark.parametrize("status", [301, 400, 401, 403, 404, 408, 409, 410, 422])
def test_other_errors_are_final(attempts: Attempts, status: int) -> None:
    sent, error = attempts([failure(status, "unknown", Location="/elsewhere")])
    assert (sent, error and error.status, error and error.code) == (1, status, "unknown")


def test_a_key_in_use_is_sent_again_and_a_lock_out_is_not(attempts: Attempts) -> None:
    assert attempts([failure(409, "idempotency_key_in_use", Retry_After="1")]) == (2, None)
    sent, error = attempts([failure(429, "too_many_failed_attempts", Retry_After="1")])
    assert (sent, type(error)) == (1, errors.TooManyFailedAttemptsError)


def test_a_long_retry_after_is_left_to_the_caller(attempts: Attempts) -> None:
    sent, error = attempts([failure(429, "too_many_requests", Retry_After="61")])
    assert (sent, error and error.retry_after, attempts.slept) == (1, 61, [])


@pytest.mark.parametrize("value", [None, "", "-1", "soon", "1e3", "٣"])
def test_an_invalid_retry_after_is_ignored(value: str | None) -> None:
    assert parse_retry_after(value) is None


def test_a_date_in_retry_after_is_read() -> None:
    assert parse_retry_after("Thu, 01 Jan 1970 00:00:00 GMT") == 0
    assert (parse_retry_after("Fri, 01 Jan 2999 00:00:00 GMT") or 0) > 1e9


def test_a_failed_connection_is_sent_again() -> None:
    policy = RetryPolicy(max_retries=1, jitter=lambda: 0.0)
    assert (policy.delay(0, ApiConnectionError()), policy.delay(1, ApiConnectionError())) == (0.25, None)


def test_a_long_poll_may_last_longer_than_the_timeout(server: Server, cast: Any) -> None:
    with Client(cast.owner.test_key, base_url=server.site, timeout=0.5, max_retries=0) as client:
        assert list(client.events.list(wait=1)) == []


def test_the_key_is_in_no_message(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = Client(KEY, base_url=server.site)
    with pytest.raises(errors.InvalidApiKeyError) as rejected:
        client.integration.get_me()
    unreachable = Client(KEY, base_url="http://127.0.0.1:1", max_retries=0)
    with pytest.raises(ApiConnectionError) as unanswered:
        unreachable.integration.get_me()
    with pytest.raises(ValueError, match="Invalid API key") as broken:
        Client(f"{KEY}\n", base_url=server.site)
    shown = [*map(repr, (client, rejected.value, unanswered.value)), caplog.text]
    shown += ["".join(traceback.format_exception(each.value)) for each in (rejected, unanswered, broken)]
    assert [text for text in shown if KEY in text] == []
    client.close()


def test_an_error_survives_a_process_boundary() -> None:
    error = errors.build_error(409, {"error": {"type": "conflict_error", "code": "customer_ambiguous", "param": "$"}})
    copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - the bytes come from this test
    assert (type(copied), copied.param, str(copied)) == (errors.CustomerAmbiguousError, "$", str(error))


@pytest.mark.parametrize("identifier", ["", ".", ".."])
def test_an_id_that_would_name_another_resource_is_rejected(identifier: str) -> None:
    with (
        Client(KEY, base_url="http://127.0.0.1:1", max_retries=0) as client,
        pytest.raises(ValueError, match="Invalid ID"),
    ):
        client.orders.get(identifier)


@pytest.mark.parametrize("url", ["", "hub.example", "ftp://hub.example", "https://", "https://hub.example/?a=1"])
def test_an_invalid_address_is_rejected(url: str) -> None:
    with pytest.raises(ValueError, match="Invalid base_url"):
        Client(KEY, base_url=url)


def signed(body: bytes = BODY, at: int = NOW) -> dict[str, str]:
    return signing.headers(event_id="evt_1", body=body, timestamp=at, secrets=[SECRET])


def test_an_event_of_an_unknown_type_is_returned_whole() -> None:
    event: Any = webhooks.construct_event(BODY, signed(), SECRET, now=NOW)
    assert (event["event"], event["data"]) == ("listing.auctioned", {"lots": 3})


@pytest.mark.parametrize(
    ("construct", "expected"),
    [
        (lambda: webhooks.construct_event(BODY, {}, SECRET, now=NOW), webhooks.MalformedSignatureError),
        (lambda: webhooks.construct_event(BODY + b" ", signed(), SECRET, now=NOW), webhooks.SignatureMismatchError),
        (lambda: webhooks.construct_event(BODY, signed(), "whsec_other", now=NOW), webhooks.SignatureMismatchError),
        (lambda: webhooks.construct_event(BODY, signed(), SECRET, now=NOW + 301), webhooks.TimestampError),
        (lambda: webhooks.construct_event(BODY, signed(), SECRET, 10, now=NOW - 11), webhooks.TimestampError),
    ],
)
def test_a_delivery_that_must_not_be_trusted_has_its_own_exception(
    construct: Callable[[], Any], expected: type[SignatureError]
) -> None:
    with pytest.raises(expected) as raised:
        construct()
    assert isinstance(raised.value, SignatureError)
    assert SECRET not in str(raised.value)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event":1}', b"\xff"])
def test_a_signed_body_that_is_no_event_is_rejected(body: bytes) -> None:
    with pytest.raises(PayloadError):
        webhooks.construct_event(body, signed(body), SECRET, now=NOW)


def test_parsed_bodies_and_missing_secrets_are_mistakes_of_the_program() -> None:
    with pytest.raises(TypeError, match="raw bytes"):
        webhooks.construct_event(BODY.decode(), signed(), SECRET)  # type: ignore[arg-type] # the mistake under test
    for secret in ("", [], ["", SECRET]):
        with pytest.raises(ValueError, match="Pass the secret"):
            webhooks.construct_event(BODY, signed(), secret, now=NOW)


def test_a_body_is_signed_as_the_hub_signs_it() -> None:
    secret = webhook_signing.create_secret()
    signed_here = webhook_signing.sign(BODY, event_id="evt_1", timestamp=NOW, secret=secret)
    assert signed_here == signing.headers(event_id="evt_1", body=BODY, timestamp=NOW, secrets=[secret])
    assert webhooks.construct_event(BODY, signed_here, secret, now=NOW)["id"] == "evt_1"
    for invalid in ("whsec_", "whsec_ä", "not base64"):
        with pytest.raises(ValueError, match="Invalid secret"):
            webhook_signing.sign(BODY, event_id="evt_1", timestamp=NOW, secret=invalid)


def test_a_raw_request_returns_any_response_and_sends_nothing_again(server: Server) -> None:
    with serve_flaky(server.site, {"GET /health": [failure(503)]}) as hub, Client(None, base_url=hub.url) as client:
        busy, healthy = (client.request("GET", "/health") for _ in range(2))
        rejected = client.request("POST", "/orders", b"{}", idempotency_key="mine")
        [(headers, body)] = hub.sent("POST /orders")
    assert (busy.status, healthy.status, healthy.parse()["status"]) == (503, 200, "ok")
    assert (headers["idempotency-key"], body, "authorization" in headers) == ("mine", b"{}", False)
    with pytest.raises(errors.MissingAuthorizationError):
        rejected.parse()
