"""Shutdown: requests in progress finish, and no client gets a plain-text error."""

import asyncio
import socket
import threading
from contextlib import ExitStack

import pytest
from starlette.types import Receive, Scope, Send

from app import HubApp
from contract.rate_limit_storage import open_storage
from contract.request_recorder import RequestRecorder
from tests.cast import Cast
from tests.client import error_of
from tests.contract.wire import read_response
from tests.hub import Server, serve_app

BODY = b'{"email": "anna@shop.example"}'


def begin_upload(server: Server, stack: ExitStack, path: str, headers: str) -> socket.socket:
    """Send a request whose body is to come, and wait until the application reads it."""
    connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
    framing = f"Content-Length: {len(BODY)}\r\nExpect: 100-continue\r\n"
    connection.sendall(f"POST {path} HTTP/1.1\r\nHost: hub.test\r\n{headers}{framing}\r\n".encode())
    assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
    return connection


def authorized(cast: Cast) -> str:
    key = f"Authorization: Bearer {cast.owner.test_key}\r\nIdempotency-Key: one\r\n"
    return f"{key}Content-Type: application/json\r\n"


def test_request_in_progress_finishes_and_its_connection_closes(cast: Cast) -> None:
    with ExitStack() as stack:
        with serve_app() as server:
            connection = begin_upload(server, stack, "/api/v1/customers", authorized(cast))
            threading.Timer(0.3, connection.sendall, [BODY]).start()
        response = read_response(connection)
    assert (response.status_code, response.headers["Connection"]) == (201, "close")


def test_idle_connection_closes() -> None:
    with ExitStack() as stack:
        with serve_app() as server:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            connection.sendall(b"GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\n\r\n")
            assert read_response(connection).status_code == 200
        assert connection.recv(1) == b""


def test_request_that_takes_too_long_gets_the_error_envelope(cast: Cast) -> None:
    with ExitStack() as stack:
        with serve_app(stop_seconds=0.1) as server:
            connection = begin_upload(server, stack, "/api/v1/customers", authorized(cast))
        response = read_response(connection)
    assert error_of(response) == (503, "service_unavailable", None)
    assert response.headers["Retry-After"] == "2"


def test_page_that_takes_too_long_gets_a_page() -> None:
    form = "Content-Type: application/x-www-form-urlencoded\r\n"
    with ExitStack() as stack:
        with serve_app(stop_seconds=0.1) as server:
            connection = begin_upload(server, stack, "/sign-in", form)
        response = read_response(connection)
    assert (response.status_code, response.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert "restarting" in response.text


def test_response_that_is_cut_off_is_not_followed_by_another_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Its client notices that it is incomplete, because its connection closes."""
    with ExitStack() as stack:
        with serve_app(export_that_stops_halfway(), stop_seconds=0.1) as server:
            connection = stack.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=10))
            connection.sendall(b"GET /inventory/export.csv HTTP/1.1\r\nHost: hub.test\r\n\r\n")
            received = connection.recv(65536)
        received += b"".join(iter(lambda: connection.recv(65536), b""))
    assert received.count(b"HTTP/1.1") == 1
    assert not received.endswith(b"0\r\n\r\n")
    assert "but got 'http.response.start'" not in capsys.readouterr().err


def export_that_stops_halfway() -> HubApp:
    """The hub with a page that has sent a part of its response when the server stops."""

    async def pages(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"Content-Type", b"text/csv")]})
        await send({"type": "http.response.body", "body": b"SKU", "more_body": True})
        await asyncio.sleep(30)

    recorder = RequestRecorder(lambda _: None)
    return HubApp(
        api=pages, docs=pages, pages={}, dashboard=pages, rate_limit_storage=open_storage(), recorder=recorder
    )
