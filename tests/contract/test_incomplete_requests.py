"""Incomplete requests: a request without its whole body is not executed."""

import socket

import pytest

from tests.cast import Cast
from tests.client import Client
from tests.contract.wire import Headers, request
from tests.hub import Server

INCOMPLETE: dict[str, tuple[Headers, bytes]] = {
    "no body despite Content-Length": ([("Content-Length", "20")], b""),
    "half a body": ([("Content-Length", "20")], b"{}"),
    "no chunk": ([("Transfer-Encoding", "chunked")], b""),
    "no last chunk": ([("Transfer-Encoding", "chunked")], b"2\r\n{}\r\n"),
    "half a chunk": ([("Transfer-Encoding", "chunked")], b"14\r\n{}"),
    "a broken chunk": ([("Transfer-Encoding", "chunked")], b"2\r\n{}\r\nzz\r\n"),
}


@pytest.mark.parametrize("incomplete", INCOMPLETE.values(), ids=INCOMPLETE)
def test_incomplete_cancellation_does_not_cancel(
    server: Server, cast: Cast, api: Client, incomplete: tuple[Headers, bytes]
) -> None:
    order = api.order(cast.owner.listing().id).json()
    headers, body = incomplete
    common = [
        ("Authorization", f"Bearer {cast.owner.test_key}"),
        ("Idempotency-Key", "one"),
        ("Content-Type", "application/json"),
    ]
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(request("POST", f"/api/v1/orders/{order['id']}/cancel", common + headers, body))
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass
    assert api.get(f"/orders/{order['id']}").json()["status"] == "received"
    whole = api.post(f"/orders/{order['id']}/cancel", {}, key="one")
    assert (whole.status_code, whole.headers.get("Idempotent-Replay")) == (200, None)
