"""Attempts: the request that is sent, and what the delivery log keeps of request and response."""

import hashlib
import hmac
import re
from collections.abc import Callable
from datetime import datetime

import pytest
from standardwebhooks.webhooks import Webhook

from models.delivery import claims as delivery_claims
from models.delivery.endpoint import Endpoint
from tasks.attempts import make_attempt
from tests.cast import Cast
from tests.client import Client
from tests.conftest import Clock
from tests.receiver import Delivered, Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import attempts_of, deliveries, edit
from tests.worker import write_results


@pytest.fixture
def registered(cast: Cast, receiver: Receiver) -> tuple[Endpoint, str]:
    """An endpoint with one pending delivery, and its secret."""
    listing = cast.owner.listing()
    endpoint, secret = cast.owner.endpoint(receiver.url)
    edit(cast.owner, listing, 100)
    return endpoint, secret


def test_attempts_of_a_delivery_have_the_same_body_and_ids_and_increasing_numbers(
    registered: tuple[Endpoint, str], receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda _: 500
    for _ in range(3):
        later(331)
    requests = receiver.deliveries
    assert len(requests) == 3
    assert len({request.body for request in requests}) == 1
    assert {request.headers["WTH-Delivery-Id"] for request in requests} == {deliveries(registered[0])[0].id}
    assert {request.headers["WTH-Event-Id"] for request in requests} == {requests[0].event["id"]}
    assert [request.headers["WTH-Delivery-Attempt"] for request in requests] == ["1", "2", "3"]


def test_each_attempt_is_signed_with_its_own_timestamp(
    registered: tuple[Endpoint, str], receiver: Receiver, later: Later, clock: Clock
) -> None:
    receiver.respond = lambda _: 500
    times = []
    for _ in range(3):
        later(331)
        times.append(int(clock.time))
    assert [_signed_at(request) for request in receiver.deliveries] == times
    assert [int(request.headers["webhook-timestamp"]) for request in receiver.deliveries] == times


def test_signature_is_hmac_sha256_of_time_and_body_with_the_whole_secret(
    registered: tuple[Endpoint, str], receiver: Receiver, deliver: Callable[[], None]
) -> None:
    deliver()
    [request] = receiver.deliveries
    signed = f"{_signed_at(request)}.".encode() + request.body
    expected = hmac.new(registered[1].encode(), signed, hashlib.sha256).hexdigest()
    assert request.headers["WTH-Signature"] == f"t={_signed_at(request)},v1={expected}"


def test_standard_webhooks_library_verifies_a_delivery(
    registered: tuple[Endpoint, str], receiver: Receiver, deliver: Callable[[], None]
) -> None:
    deliver()
    [request] = receiver.deliveries
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert Webhook(registered[1]).verify(request.body, headers)["id"] == request.event["id"]


def test_headers_identify_event_delivery_and_sender(
    registered: tuple[Endpoint, str], receiver: Receiver, deliver: Callable[[], None]
) -> None:
    deliver()
    [request] = receiver.deliveries
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["WTH-Event-Type"] == request.event["event"] == "listing.updated"
    assert request.headers["webhook-id"] == request.event["id"]
    assert re.fullmatch(r"WatchTraderHub-Webhooks/1\.0 \(\+http://hub\.test/docs/\S+\)", request.headers["User-Agent"])


def test_log_keeps_the_request_and_the_response(
    registered: tuple[Endpoint, str], receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda _: (500, {"X-Shop": "down"}, "<b>Überlast</b>\x00".encode())
    later(1)
    [attempt] = attempts_of(deliveries(registered[0])[0])
    [request] = receiver.deliveries
    assert attempt["request_headers"].items() <= request.headers.items()
    assert "WTH-Signature" in attempt["request_headers"]
    assert (attempt["status"], attempt["error"], attempt["trigger"], attempt["number"]) == (500, None, "automatic", 1)
    assert attempt["response_headers"]["X-Shop"] == "down"
    assert attempt["response_preview"] == "<b>Überlast</b>\ufffd"
    assert attempt["url"] == receiver.url
    assert f"http://{attempt['address']}/hooks" == receiver.url
    assert attempt["timings"]["total_ms"] >= attempt["timings"]["first_byte_ms"] > 0


def test_log_keeps_four_kib_of_a_response(registered: tuple[Endpoint, str], receiver: Receiver, later: Later) -> None:
    receiver.respond = lambda _: (200, {}, b"x" * 10_000)
    later(1)
    assert attempts_of(deliveries(registered[0])[0])[0]["response_preview"] == "x" * 4096


def test_secret_in_a_response_is_redacted_in_the_log(
    registered: tuple[Endpoint, str], receiver: Receiver, later: Later
) -> None:
    secret = registered[1]
    receiver.respond = lambda _: (500, {"X-Echo": secret}, f"bad secret {secret}".encode())
    later(1)
    [attempt] = attempts_of(deliveries(registered[0])[0])
    assert secret.removeprefix("whsec_")[:16] not in str(attempt)
    assert attempt["response_preview"] == "bad secret whsec_..."


def test_secret_in_a_header_with_json_is_redacted_in_the_log(
    registered: tuple[Endpoint, str], receiver: Receiver, later: Later
) -> None:
    secret = registered[1]
    headers = {"X-Json": f'{{"secret": "{secret}"}}', "X-Path": f"C:\\{secret}\\", "X-whsec_abcdefgh": "a"}
    receiver.respond = lambda _: (500, headers, b"")
    later(1)
    [attempt] = attempts_of(deliveries(registered[0])[0])
    assert attempt["response_headers"]["X-Json"] == '{"secret": "whsec_..."}'
    assert attempt["response_headers"]["X-Path"] == "C:\\whsec_..."
    assert attempt["response_headers"]["X-whsec_..."] == "a"


@pytest.mark.parametrize(
    "escape",
    [
        pytest.param(lambda secret: secret.replace("/", "\\/"), id="JSON with escaped slashes"),
        pytest.param(lambda secret: secret.replace("/", "%2F").replace("+", "%2B"), id="a URL"),
        pytest.param(lambda secret: secret.replace("/", "&#x2F;").replace("+", "&#43;"), id="HTML"),
        pytest.param(lambda secret: "x" * (4096 - 20) + secret, id="cut off at the end"),
    ],
)
@pytest.mark.parametrize(
    "secret", ["whsec_MfKQ9/r8+GYqrTwj/UPD8I+LPZIo2LaLaSw", "wth_0123456789abcdefghijABCDEFGHIJKL"]
)
def test_escaped_secret_in_a_response_is_redacted_in_the_log(
    registered: tuple[Endpoint, str], receiver: Receiver, later: Later, escape: Callable[[str], str], secret: str
) -> None:
    receiver.respond = lambda _: (500, {}, escape(secret).encode())
    later(1)
    preview = attempts_of(deliveries(registered[0])[0])[0]["response_preview"]
    assert preview.lstrip("x") == secret.partition("_")[0] + "_..."


def test_log_states_when_the_attempt_was_sent_not_when_it_was_claimed(
    registered: tuple[Endpoint, str], receiver: Receiver, clock: Clock
) -> None:
    """An attempt may wait for a thread: its time is that of the signature, its duration that of the request."""
    clock.forward(1)
    [claim] = delivery_claims.claim_for_endpoints([registered[0].id])
    clock.forward(10)
    make_attempt(claim)
    write_results()
    [attempt] = attempts_of(deliveries(registered[0])[0])
    [request] = receiver.deliveries
    assert int(datetime.fromisoformat(attempt["started_at"]).timestamp()) == _signed_at(request)
    assert attempt["duration_ms"] == round(attempt["timings"]["total_ms"])


def test_event_summarizes_its_deliveries(
    registered: tuple[Endpoint, str], receiver: Receiver, later: Later, api: Client
) -> None:
    receiver.respond = lambda _: 500
    later(1)
    [summary] = api.get(f"/events/{receiver.deliveries[0].event['id']}").json()["deliveries"]
    assert (summary["state"], summary["attempts"], summary["last_status"]) == ("pending", 1, 500)
    receiver.respond = lambda _: 200
    later(6)
    [summary] = api.get(f"/events/{receiver.deliveries[0].event['id']}").json()["deliveries"]
    assert (summary["state"], summary["attempts"], summary["next_attempt_at"]) == ("succeeded", 2, None)


def _signed_at(request: Delivered) -> int:
    match = re.match(r"t=(\d+),v1=[0-9a-f]{64}$", request.headers["WTH-Signature"])
    assert match, request.headers["WTH-Signature"]
    return int(match[1])
