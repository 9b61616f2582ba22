"""Malformed HTTP: the hub sends the error envelope and closes the connection."""

import re
import socket

import pytest

from tests.client import error_of
from tests.contract.wire import exchange, request
from tests.hub import Server

HOST = b"Host: hub.test\r\n"
MALFORMED = {
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 60 + b"\r\n\r\n",
    "unknown method": b"FETCH /api/v1/me HTTP/1.1\r\n" + HOST + b"\r\n",
    "NUL in the path": b"GET /api/v1/m\x00e HTTP/1.1\r\n" + HOST + b"\r\n",
    "NUL in the query": b"GET /api/v1/me?a=\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "NUL in a header": b"GET /api/v1/me HTTP/1.1\r\n" + HOST + b"Authorization: Bearer \x00\r\n\r\n",
    "raw UTF-8 in the path": "GET /api/v1/listings/é HTTP/1.1\r\n".encode() + HOST + b"\r\n",
    "space in the path": b"GET /api/v1/lis tings HTTP/1.1\r\n" + HOST + b"\r\n",
    "header without a colon": b"GET /api/v1/me HTTP/1.1\r\n" + HOST + b"Authorization\r\n\r\n",
    "space before the colon": b"GET /api/v1/me HTTP/1.1\r\n" + HOST + b"Accept : */*\r\n\r\n",
    "two lengths": b"POST /api/v1/orders HTTP/1.1\r\n" + HOST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "length and chunks": b"POST /api/v1/orders HTTP/1.1\r\n"
    + HOST
    + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "signed length": b"POST /api/v1/orders HTTP/1.1\r\n" + HOST + b"Content-Length: +2\r\n\r\n{}",
}


@pytest.mark.parametrize("sent", MALFORMED.values(), ids=MALFORMED)
def test_malformed_request_gets_the_error_envelope(server: Server, sent: bytes) -> None:
    response = exchange(server, sent)
    assert error_of(response) == (400, "validation_failed", None)
    assert re.fullmatch(r"req_[0-9a-f]{32}", response.headers["X-Request-Id"])
    assert response.headers["X-API-Version"] == "2026-05-07"
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Connection"] == "close"


def test_connection_closes_after_a_malformed_request_and_the_next_one_works(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(MALFORMED["no HTTP at all"])
        response = b"".join(iter(lambda: connection.recv(65536), b""))
    assert response.startswith(b"HTTP/1.1 400 ")
    assert exchange(server, request("GET", "/api/v1/health", [])).status_code == 200


def test_malformed_request_on_a_used_connection_gets_one_response(server: Server) -> None:
    good = b"GET /api/v1/health HTTP/1.1\r\n" + HOST + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(good)
        assert b'"ok"' in connection.recv(65536)
        connection.sendall(MALFORMED["unknown method"])
        response = b"".join(iter(lambda: connection.recv(65536), b""))
    assert response.count(b"HTTP/1.1 400") == 1
    assert b"validation_failed" in response


def test_endless_headers_are_rejected_while_they_arrive(server: Server) -> None:
    endless = b"GET /api/v1/health HTTP/1.1\r\n" + HOST + b"X-Endless: " + b"x" * 100_000
    response = exchange(server, endless)
    assert error_of(response) == (400, "validation_failed", None)
    assert response.headers["Connection"] == "close"


def test_header_limit_applies_to_each_request_of_a_connection(server: Server) -> None:
    large = b"GET /api/v1/health HTTP/1.1\r\n" + HOST + b"X-Large: " + b"x" * 30_000
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        for _ in range(4):
            connection.sendall(large)
            connection.sendall(b"\r\n\r\n")
            assert b'"ok"' in connection.recv(65536)


def test_malformed_request_does_not_overtake_the_response_to_an_earlier_one(server: Server) -> None:
    good = b"GET /api/v1/health HTTP/1.1\r\n" + HOST + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(good + good + MALFORMED["unknown method"])
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert (received.count(b"HTTP/1.1 200 "), received.count(b"HTTP/1.1 ")) == (2, 2)
    assert received.count(b"connection: close") == 1


def test_connection_with_hundreds_of_pipelined_requests_closes_early(server: Server) -> None:
    good = b"GET /api/v1/health HTTP/1.1\r\n" + HOST + b"\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(good * 400)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert 16 <= received.count(b"HTTP/1.1 200 ") == received.count(b"HTTP/1.1 ") < 400
