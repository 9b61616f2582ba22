"""Deadlines: slow, silent and unreading clients lose their connection, and nobody else does."""

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests

from contract.connection_limits import ConnectionLimits
from tests.cast import Cast
from tests.client import Client, error_of
from tests.contract.wire import read_response
from tests.hub import Server, serve_app

LIMITS = ConnectionLimits(
    head_seconds=0.2,
    body_window_seconds=0.2,
    write_window_seconds=0.2,
    idle_seconds=0.2,
    linger_seconds=0.2,
    min_bytes_per_second=20_000,
    scan_seconds=0.02,
)
BODY = json.dumps({"email": "anna@shop.example"}).encode()


@pytest.fixture(scope="module")
def hasty() -> Iterator[Server]:
    """A hub whose deadlines pass within a fifth of a second."""
    with serve_app(limits=LIMITS) as server:
        yield server


@contextmanager
def connected(server: Server, *packets: bytes) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as connection:
        for packet in packets:
            connection.sendall(packet)
        yield connection


def post(cast: Cast, body: bytes, framing: str) -> bytes:
    lines = f"Authorization: Bearer {cast.owner.test_key}\r\nIdempotency-Key: one\r\nContent-Type: application/json\r\n"
    return f"POST /api/v1/customers HTTP/1.1\r\nHost: hub.test\r\n{lines}{framing}\r\n\r\n".encode() + body


PARTIAL_HEADS = {
    "one byte": b"G",
    "line breaks": b"\r\n",
    "request line": b"GET /api/v1/health HTTP/1.1\r\n",
    "half a field": b"GET /api/v1/health HTTP/1.1\r\nHost: hub",
    "no end": b"GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\n",
}


@pytest.mark.parametrize("head", PARTIAL_HEADS.values(), ids=PARTIAL_HEADS)
def test_head_that_does_not_arrive_in_time_is_a_408(hasty: Server, head: bytes) -> None:
    with connected(hasty, head) as connection:
        response = read_response(connection)
    assert error_of(response) == (408, "request_timeout", None)
    assert response.headers["Connection"] == "close"


def test_bytes_that_trickle_in_do_not_extend_the_deadline_of_the_head(hasty: Server) -> None:
    with connected(hasty, b"GET / HTTP/1.1\r\nX-Slow: ") as connection:
        connection.settimeout(0.01)
        for _ in range(100):
            connection.sendall(b"x")
            try:
                data = connection.recv(65536)
            except TimeoutError:
                continue
            assert data.startswith(b"HTTP/1.1 408 ")
            return
    pytest.fail("still open after a second")


def test_connection_that_sends_nothing_is_closed_silently(hasty: Server) -> None:
    with connected(hasty) as connection:
        assert connection.recv(1) == b""


def test_idle_connection_is_closed_silently(hasty: Server) -> None:
    with connected(hasty, b"GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\n\r\n") as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert connection.recv(65536) == b""


BODIES = {
    "no body": ("Content-Length: 100", b""),
    "half a body": ("Content-Length: 100", b"{"),
    "no chunk": ("Transfer-Encoding: chunked", b""),
    "half a chunk": ("Transfer-Encoding: chunked", b"14\r\n{"),
    "no last chunk": ("Transfer-Encoding: chunked", b"1\r\n{\r\n"),
    "unfinished trailers": ("Transfer-Encoding: chunked", b"0\r\nX-Trailer: x"),
}


@pytest.mark.parametrize(("framing", "body"), BODIES.values(), ids=BODIES)
def test_body_that_does_not_arrive_in_time_is_a_408_and_changes_nothing(
    hasty: Server, cast: Cast, api: Client, framing: str, body: bytes
) -> None:
    with connected(hasty, post(cast, body, framing)) as connection:
        assert error_of(read_response(connection)) == (408, "request_timeout", None)
    assert api.list_all("/customers") == []


def test_body_that_arrives_slowly_but_steadily_is_read(hasty: Server, cast: Cast) -> None:
    body = BODY + b" " * 60_000
    with connected(hasty, post(cast, b"", f"Content-Length: {len(body)}")) as connection:
        for start in range(0, len(body), 5_000):
            connection.sendall(body[start : start + 5_000])
            time.sleep(0.025)
        assert read_response(connection).status_code == 201


def test_client_that_waits_for_100_continue_is_not_slow(hasty: Server, cast: Cast) -> None:
    framing = f"Content-Length: {len(BODY)}\r\nExpect: 100-continue"
    with connected(hasty, post(cast, b"", framing)) as connection:
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(BODY)
        assert read_response(connection).status_code == 201


def test_rest_of_a_body_after_an_early_response_is_not_read_for_long(hasty: Server) -> None:
    head = b"POST /api/v1/customers HTTP/1.1\r\nHost: hub.test\r\nContent-Length: 900000\r\n\r\n"
    with connected(hasty, head) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")
        assert connection.recv(65536) == b""


def test_rest_of_a_body_that_arrives_after_an_early_response_keeps_the_connection(hasty: Server) -> None:
    head = b"POST /api/v1/customers HTTP/1.1\r\nHost: hub.test\r\nContent-Length: 2\r\n\r\n"
    with connected(hasty, head) as connection:
        assert connection.recv(65536).startswith(b"HTTP/1.1 401 ")
        connection.sendall(b"{}GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
        assert connection.recv(65536) == b""


def test_client_that_reads_nothing_is_disconnected(hasty: Server) -> None:
    request = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: hub.test\r\n\r\n"
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(5)
        connection.connect(("127.0.0.1", hasty.port))
        with pytest.raises(ConnectionError):
            _send_until_disconnected(connection, request * 30)


def _send_until_disconnected(connection: socket.socket, requests_sent: bytes) -> None:
    for _ in range(200):
        connection.sendall(requests_sent)
        time.sleep(0.02)


def test_request_that_takes_longer_than_every_deadline_is_served(hasty: Server, cast: Cast) -> None:
    api = Client(hasty.url, cast.owner.test_key)
    assert api.get("/events", wait=1).json()["data"] == []
    assert requests.get(f"{hasty.url}/health", timeout=5).status_code == 200
