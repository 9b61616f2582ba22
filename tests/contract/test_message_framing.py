"""Message framing: where a request ends, whatever Upgrade or trailers it has."""

import contextlib
import json
import socket

import pytest

from tests.cast import Cast
from tests.client import Client, error_of
from tests.contract.wire import chunked, exchange
from tests.hub import Server

BODY = json.dumps({"email": "anna@shop.example"}).encode()
UPGRADES = {
    "java.net.http": "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAA\r\n",
    "upper case": "CONNECTION: UPGRADE\r\nUPGRADE: H2C\r\n",
    "two headers": "Connection: keep-alive\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: TLS/1.0\r\n",
    "websocket": "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\n",
    "unknown": "Connection: Upgrade\r\nUpgrade: smuggle\r\n",
}
FRAMINGS = {
    "sized": (f"Content-Length: {len(BODY)}\r\n", BODY),
    "chunked": ("Transfer-Encoding: chunked\r\n", chunked(BODY, 7)),
}


def head(cast: Cast, method: str, path: str, *fields: str, key: str = "one") -> bytes:
    lines = [
        f"{method} /api/v1{path} HTTP/1.1\r\nHost: hub.test\r\nContent-Type: application/json\r\n",
        f"Authorization: Bearer {cast.owner.test_key}\r\nIdempotency-Key: {key}\r\n",
    ]
    return "".join([*lines, *fields, "\r\n"]).encode()


def responses(server: Server, *packets: bytes) -> list[bytes]:
    """Send packets one by one, then a health check that closes the connection, and return the other responses."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for packet in packets:
            connection.sendall(packet)
        connection.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    *others, health = received.split(b"HTTP/1.1 ")[1:]
    assert health.startswith(b"200 "), "the server lost track of where the requests end"
    assert health.endswith(b'"status":"ok"}'), health
    return others


@pytest.mark.parametrize("upgrade", UPGRADES.values(), ids=UPGRADES)
@pytest.mark.parametrize("framing", FRAMINGS.values(), ids=FRAMINGS)
@pytest.mark.parametrize("is_split", [False, True], ids=["one packet", "two packets"])
def test_body_of_a_request_with_upgrade_is_read(
    server: Server, cast: Cast, upgrade: str, framing: tuple[str, bytes], is_split: bool
) -> None:
    field, body = framing
    first = head(cast, "POST", "/customers", upgrade, field)
    packets = [first, body] if is_split else [first + body]
    [response] = responses(server, *packets)
    assert response.startswith(b"201 ")
    assert b"anna@shop.example" in response


@pytest.mark.parametrize("upgrade", UPGRADES.values(), ids=UPGRADES)
@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("is_split", [False, True], ids=["one packet", "two packets"])
def test_body_after_upgrade_is_never_a_request(
    server: Server, cast: Cast, api: Client, upgrade: str, method: str, is_split: bool
) -> None:
    hidden = head(cast, "POST", "/customers", f"Content-Length: {len(BODY)}\r\n", key="hidden") + BODY
    first = head(cast, method, "/me", upgrade, f"Content-Length: {len(hidden)}\r\n")
    [response] = responses(server, first, hidden) if is_split else responses(server, first + hidden)
    assert response.startswith(b"200 " if method == "GET" else b"405 ")
    assert api.list_all("/customers") == []


def test_requests_after_one_with_upgrade_are_served_in_order(server: Server, cast: Cast) -> None:
    upgraded = head(cast, "GET", "/me", UPGRADES["java.net.http"])
    me, listings, again = responses(server, upgraded + head(cast, "GET", "/listings") + upgraded)
    assert (b'"integration"' in me, b'"list"' in listings, b'"integration"' in again) == (True, True, True)


@pytest.mark.parametrize("target", ["hub.test:443", "/api/v1/health"])
def test_connect_is_rejected_and_what_follows_is_ignored(server: Server, cast: Cast, api: Client, target: str) -> None:
    hidden = head(cast, "POST", "/customers", f"Content-Length: {len(BODY)}\r\n") + BODY
    raw = f"CONNECT {target} HTTP/1.1\r\nHost: hub.test\r\n\r\n".encode() + hidden
    response = exchange(server, raw)
    assert error_of(response)[0] == 400
    assert response.headers["Connection"] == "close"
    assert api.list_all("/customers") == []


def test_http2_preface_is_rejected(server: Server) -> None:
    assert error_of(exchange(server, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) == (400, "validation_failed", None)


TRAILERS = {
    "Authorization": (401, "missing_authorization"),
    "Idempotency-Key": (400, "missing_idempotency_key"),
    "Content-Type": (415, "unsupported_media_type"),
}


@pytest.mark.parametrize("name", TRAILERS)
@pytest.mark.parametrize("is_split", [False, True], ids=["one packet", "two packets"])
def test_trailer_does_not_pass_for_a_header(server: Server, cast: Cast, name: str, is_split: bool) -> None:
    """Split, the head is served while the trailers are still to come."""
    fields = {
        "Authorization": f"Bearer {cast.owner.test_key}",
        "Idempotency-Key": "one",
        "Content-Type": "application/json",
    }
    lines = "".join(f"{field}: {value}\r\n" for field, value in fields.items() if field != name)
    first = f"POST /api/v1/customers HTTP/1.1\r\nHost: hub.test\r\nTransfer-Encoding: chunked\r\n{lines}\r\n".encode()
    last = chunked(BODY)[:-2] + f"{name}: {fields[name]}\r\n\r\n".encode()
    packets = [first, last] if is_split else [first + last]
    [response] = responses(server, *packets)
    assert response.startswith(b"%d " % TRAILERS[name][0])
    assert f'"{TRAILERS[name][1]}"'.encode() in response


def test_other_trailers_are_dropped(server: Server, cast: Cast) -> None:
    raw = head(cast, "POST", "/customers", "Transfer-Encoding: chunked\r\nTrailer: Digest, Host\r\n")
    raw += chunked(BODY)[:-2] + b"Digest: sha-256=x\r\nHost: evil.example\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"
    [response] = responses(server, raw)
    assert response.startswith(b"201 ")


ENDLESS = {"one field": b"X-Endless: " + b"x" * 4_000_000, "many fields": b"X-Field: yes\r\n" * 300_000}


@pytest.mark.parametrize("trailers", ENDLESS.values(), ids=ENDLESS)
def test_endless_trailers_are_rejected(server: Server, cast: Cast, trailers: bytes) -> None:
    raw = head(cast, "POST", "/customers", "Transfer-Encoding: chunked\r\n") + chunked(BODY)[:-2] + trailers
    response = exchange(server, raw)
    assert error_of(response) == (400, "validation_failed", None)
    assert response.headers["Connection"] == "close"


@pytest.mark.parametrize("trailers", ENDLESS.values(), ids=ENDLESS)
def test_endless_trailers_after_an_early_response_close_the_connection(server: Server, trailers: bytes) -> None:
    first = b"POST /api/v1/customers HTTP/1.1\r\nHost: hub.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(first)
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")
        with contextlib.suppress(ConnectionError):
            for _ in range(100):
                connection.sendall(trailers)
            pytest.fail("the hub read hundreds of megabytes of trailers")


def test_head_and_trailers_share_one_limit(server: Server, cast: Cast) -> None:
    padding = "X-Padding: " + "x" * 30_000 + "\r\n"
    raw = head(cast, "POST", "/customers", "Transfer-Encoding: chunked\r\n", padding) + chunked(BODY)[:-2]
    small, large = (f"X-Trailer: {'x' * length}\r\n\r\n".encode() for length in (30_000, 40_000))
    assert responses(server, raw + small)[0].startswith(b"201 ")
    assert error_of(exchange(server, raw + large)) == (400, "validation_failed", None)
