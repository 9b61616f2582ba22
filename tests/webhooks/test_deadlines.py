"""Deadlines: no receiver can hold a delivery longer than the timeouts, however slowly it sends."""

import contextlib
import itertools
import socket
import ssl
import time
from collections.abc import Callable, Iterator

import pytest

from tests.webhooks.conftest import MakeContext, MakeSender, Serve
from tests.webhooks.raw_server import FakeResolver, Peer, dripping, http_response
from webhooks.response import WebhookResponse
from webhooks.send import Sender

LIMIT = 0.3  # long enough for a handshake on a busy machine


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest, server_context: MakeContext) -> ssl.SSLContext | None:
    return server_context("hooks.example.test") if request.param == "tls" else None


@pytest.fixture
def impatient(make_sender: MakeSender) -> Sender:
    return make_sender(total_timeout=LIMIT)


def assert_timed_out(response: WebhookResponse, *, status: int | None) -> None:
    assert (response.status, response.error, response.is_success) == (status, "timeout", False)
    assert LIMIT * 1000 <= response.duration_ms < LIMIT * 1000 + 1500


def test_silent_receiver_times_out(serve: Serve, impatient: Sender, tls: ssl.SSLContext | None) -> None:
    server = serve(lambda peer: (peer.next_request(), peer.idle()), tls)
    response = impatient.send(server.url(), b"{}", {})
    assert_timed_out(response, status=None)
    assert response.error_detail == "No response arrived before the timeout."
    assert response.timings.first_byte_ms is None


def test_dripping_header_times_out(serve: Serve, impatient: Sender, tls: ssl.SSLContext | None) -> None:
    server = serve(dripping(b"HTTP/1.1 200 OK\r\nX: ", itertools.repeat(b"x")), tls)
    response = impatient.send(server.url(), b"{}", {})
    assert_timed_out(response, status=None)
    assert response.error_detail == "The response began, but was not complete before the timeout."


def test_dripping_header_lines_time_out(serve: Serve, impatient: Sender, tls: ssl.SSLContext | None) -> None:
    server = serve(dripping(b"HTTP/1.1 200 OK\r\n", itertools.repeat(b"X: 1\r\n")), tls)
    assert_timed_out(impatient.send(server.url(), b"{}", {}), status=None)


def test_dripping_body_times_out_and_its_beginning_is_kept(
    serve: Serve, impatient: Sender, tls: ssl.SSLContext | None
) -> None:
    server = serve(dripping(http_response(body=b"start", length=9999), itertools.repeat(b".")), tls)
    response = impatient.send(server.url(), b"{}", {})
    assert_timed_out(response, status=200)
    assert response.preview.startswith("start..")


def test_dripping_chunks_time_out(serve: Serve, impatient: Sender, tls: ssl.SSLContext | None) -> None:
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve(dripping(start, itertools.repeat(b"1\r\nx\r\n")), tls)
    assert_timed_out(impatient.send(server.url(), b"{}", {}), status=200)


def test_interim_responses_do_not_extend_the_deadline(
    serve: Serve, impatient: Sender, tls: ssl.SSLContext | None
) -> None:
    server = serve(dripping(b"", itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")), tls)
    assert_timed_out(impatient.send(server.url(), b"{}", {}), status=None)


def test_receiver_that_does_not_read_times_out(serve: Serve, impatient: Sender, tls: ssl.SSLContext | None) -> None:
    server = serve(lambda peer: peer.idle(), tls)
    assert_timed_out(impatient.send(server.url(), b"x" * 30_000_000, {}), status=None)


def test_receiver_that_stops_reading_on_a_reused_connection_times_out(
    serve: Serve, impatient: Sender, tls: ssl.SSLContext | None
) -> None:
    def script(peer: Peer) -> None:
        peer.next_request()
        peer.send(http_response())
        peer.idle()

    server = serve(script, tls)
    assert impatient.send(server.url(), b"{}", {}).is_success
    assert_timed_out(impatient.send(server.url(), b"x" * 30_000_000, {}), status=None)
    assert server.connections == 1


def test_receiver_that_reads_slowly_times_out(serve: Serve, impatient: Sender, tls: ssl.SSLContext | None) -> None:
    def script(peer: Peer) -> None:
        while not peer.stopping.wait(0.01):
            peer.sock.recv(65536)

    assert_timed_out(impatient.send(serve(script, tls).url(), b"x" * 30_000_000, {}), status=None)


def test_silent_handshake_ends_at_the_connect_timeout(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(lambda peer: peer.idle())
    url = server.url().replace("http://", "https://")
    response = make_sender(connect_timeout=LIMIT, total_timeout=5.0).send(url, b"{}", {})
    assert (response.status, response.error) == (None, "timeout")
    assert response.error_detail == "The TLS handshake was not complete before the timeout."
    assert LIMIT * 1000 <= response.duration_ms < 2500


def test_dripping_handshake_ends_at_the_connect_timeout(serve: Serve, make_sender: MakeSender) -> None:
    record = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"  # a ServerHello that never ends
    server = serve(lambda peer: (peer.send(record), peer.drip(itertools.repeat(b"\x00"))))
    url = server.url().replace("http://", "https://")
    response = make_sender(connect_timeout=LIMIT, total_timeout=5.0).send(url, b"{}", {})
    assert response.error == "timeout"
    assert LIMIT * 1000 <= response.duration_ms < 2500


@pytest.fixture
def unresponsive_port() -> Iterator[Callable[..., int]]:
    """Make a port whose backlog is full: the system ignores further connection attempts."""
    with contextlib.ExitStack() as sockets:

        def make(address: str = "127.0.0.1", port: int = 0) -> int:
            listener = sockets.enter_context(socket.socket())
            listener.bind((address, port))
            listener.listen(0)
            for _ in range(4):
                caller = sockets.enter_context(socket.socket())
                caller.setblocking(False)
                caller.connect_ex(listener.getsockname())
            return int(listener.getsockname()[1])

        yield make


def test_unanswered_connection_ends_at_the_connect_timeout(
    make_sender: MakeSender, unresponsive_port: Callable[..., int]
) -> None:
    sender = make_sender(connect_timeout=LIMIT, total_timeout=5.0)
    response = sender.send(f"http://hooks.example.test:{unresponsive_port()}/", b"{}", {})
    assert (response.status, response.error) == (None, "timeout")
    assert response.error_detail == "No connection was established before the timeout."
    assert LIMIT * 1000 <= response.duration_ms < 2500


def test_many_unresponsive_addresses_share_one_connect_timeout(
    make_sender: MakeSender, unresponsive_port: Callable[..., int]
) -> None:
    sender = make_sender(connect_timeout=LIMIT, total_timeout=5.0, resolver=FakeResolver(["127.0.0.1"] * 20))
    response = sender.send(f"http://hooks.example.test:{unresponsive_port()}/", b"{}", {})
    assert response.error == "timeout"
    assert LIMIT * 1000 <= response.duration_ms < 2500


def test_unresponsive_address_leaves_time_for_the_next_one(
    serve: Serve, make_sender: MakeSender, unresponsive_port: Callable[..., int]
) -> None:
    server = serve(dripping(http_response(), []))
    unresponsive_port("127.0.0.2", server.port)
    sender = make_sender(connect_timeout=0.4, total_timeout=5.0, resolver=FakeResolver(["127.0.0.2", "127.0.0.1"]))
    response = sender.send(server.url(), b"{}", {})
    assert response.is_success
    assert response.address == f"127.0.0.1:{server.port}"


def test_slow_dns_lookup_counts_towards_the_deadline(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(dripping(http_response(), []))

    def late(host: str, port: int, **hints: object) -> list[tuple[object, ...]]:
        ends_at = time.monotonic() + 0.05
        while time.monotonic() < ends_at:
            pass
        return FakeResolver(["127.0.0.1"])(host, port, **hints)

    response = make_sender(total_timeout=0.04, resolver=late).send(server.url(), b"{}", {})
    assert (response.status, response.error) == (None, "timeout")
    assert response.error_detail == "The host name was not resolved before the timeout."
    assert server.connections == 0


def test_response_may_take_longer_than_the_connect_timeout(
    serve: Serve, make_sender: MakeSender, tls: ssl.SSLContext | None
) -> None:
    server = serve(dripping(b"", [bytes([byte]) for byte in http_response(body=b"")]), tls)
    response = make_sender(connect_timeout=LIMIT, total_timeout=5.0).send(server.url(), b"{}", {})
    assert response.is_success
    assert response.duration_ms > LIMIT * 1000
