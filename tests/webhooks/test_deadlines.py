"""No receiver can hold a delivery longer than the time limits, however it paces itself."""

import contextlib
import itertools
import socket
import time

import pytest

from tests.webhooks.receiver import Names, dripping, respond

LIMIT = 0.3  # long enough for a handshake on a busy machine


@pytest.fixture(params=["plain", "tls"])
def tls(request, certified):
    return certified("hooks.example.test") if request.param == "tls" else None


@pytest.fixture
def hasty(make_sender):
    return make_sender(total_timeout=LIMIT)


def assert_cut(reply, *, status):
    assert (reply.status, reply.error, reply.is_success) == (status, "timeout", False)
    assert LIMIT * 1000 <= reply.duration_ms < LIMIT * 1000 + 1500


def test_silent_receiver_is_cut(serve, hasty, tls):
    receiver = serve(lambda peer: (peer.next_request(), peer.idle()), tls)
    reply = hasty.send(receiver.url(), b"{}", {})
    assert_cut(reply, status=None)
    assert reply.error_detail == "No response arrived before the timeout."
    assert reply.timings.first_byte_ms is None


def test_trickling_header_is_cut(serve, hasty, tls):
    receiver = serve(dripping(b"HTTP/1.1 200 OK\r\nX: ", itertools.repeat(b"x")), tls)
    reply = hasty.send(receiver.url(), b"{}", {})
    assert_cut(reply, status=None)
    assert reply.error_detail == "The response began, but was not complete before the timeout."


def test_trickling_header_lines_are_cut(serve, hasty, tls):
    receiver = serve(dripping(b"HTTP/1.1 200 OK\r\n", itertools.repeat(b"X: 1\r\n")), tls)
    assert_cut(hasty.send(receiver.url(), b"{}", {}), status=None)


def test_dripping_body_is_cut_and_its_beginning_kept(serve, hasty, tls):
    receiver = serve(dripping(respond(body=b"start", length=9999), itertools.repeat(b".")), tls)
    reply = hasty.send(receiver.url(), b"{}", {})
    assert_cut(reply, status=200)
    assert reply.preview.startswith("start..")


def test_dripping_chunks_are_cut(serve, hasty, tls):
    start = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    receiver = serve(dripping(start, itertools.repeat(b"1\r\nx\r\n")), tls)
    assert_cut(hasty.send(receiver.url(), b"{}", {}), status=200)


def test_interim_answers_do_not_stretch_the_time(serve, hasty, tls):
    receiver = serve(dripping(b"", itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")), tls)
    assert_cut(hasty.send(receiver.url(), b"{}", {}), status=None)


def test_receiver_that_does_not_read_is_cut(serve, hasty, tls):
    receiver = serve(lambda peer: peer.idle(), tls)
    assert_cut(hasty.send(receiver.url(), b"x" * 30_000_000, {}), status=None)


def test_receiver_that_stops_reading_on_a_kept_alive_connection_is_cut(serve, hasty, tls):
    def script(peer):
        peer.next_request()
        peer.send(respond())
        peer.idle()

    receiver = serve(script, tls)
    assert hasty.send(receiver.url(), b"{}", {}).is_success
    assert_cut(hasty.send(receiver.url(), b"x" * 30_000_000, {}), status=None)
    assert receiver.connections == 1


def test_receiver_that_reads_slowly_is_cut(serve, hasty, tls):
    def script(peer):
        while not peer.stopping.wait(0.01):
            peer.sock.recv(65536)

    assert_cut(hasty.send(serve(script, tls).url(), b"x" * 30_000_000, {}), status=None)


def test_silent_handshake_is_cut_by_the_connect_limit(serve, make_sender):
    receiver = serve(lambda peer: peer.idle())
    url = receiver.url().replace("http://", "https://")
    reply = make_sender(connect_timeout=LIMIT, total_timeout=5.0).send(url, b"{}", {})
    assert (reply.status, reply.error) == (None, "timeout")
    assert reply.error_detail == "The TLS handshake was not complete before the timeout."
    assert LIMIT * 1000 <= reply.duration_ms < 2500


def test_trickling_handshake_is_cut(serve, make_sender):
    record = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"  # a ServerHello that never ends
    receiver = serve(lambda peer: (peer.send(record), peer.drip(itertools.repeat(b"\x00"))))
    url = receiver.url().replace("http://", "https://")
    reply = make_sender(connect_timeout=LIMIT, total_timeout=5.0).send(url, b"{}", {})
    assert reply.error == "timeout"
    assert LIMIT * 1000 <= reply.duration_ms < 2500


@pytest.fixture
def deafen():
    """Makes a port whose queue of connections is full: the system answers no further attempt."""
    with contextlib.ExitStack() as sockets:

        def make(address="127.0.0.1", port=0):
            listener = sockets.enter_context(socket.socket())
            listener.bind((address, port))
            listener.listen(0)
            for _ in range(4):
                caller = sockets.enter_context(socket.socket())
                caller.setblocking(False)
                caller.connect_ex(listener.getsockname())
            return listener.getsockname()[1]

        yield make


def test_unanswered_connection_is_cut_by_the_connect_limit(make_sender, deafen):
    sender = make_sender(connect_timeout=LIMIT, total_timeout=5.0)
    reply = sender.send(f"http://hooks.example.test:{deafen()}/", b"{}", {})
    assert (reply.status, reply.error) == (None, "timeout")
    assert reply.error_detail == "No connection was established before the timeout."
    assert LIMIT * 1000 <= reply.duration_ms < 2500


def test_many_deaf_addresses_share_one_connect_limit(make_sender, deafen):
    sender = make_sender(connect_timeout=LIMIT, total_timeout=5.0, resolver=Names(["127.0.0.1"] * 20))
    reply = sender.send(f"http://hooks.example.test:{deafen()}/", b"{}", {})
    assert reply.error == "timeout"
    assert LIMIT * 1000 <= reply.duration_ms < 2500


def test_deaf_address_leaves_time_for_the_next_one(serve, make_sender, deafen):
    receiver = serve(dripping(respond(), []))
    deafen("127.0.0.2", receiver.port)
    sender = make_sender(connect_timeout=0.4, total_timeout=5.0, resolver=Names(["127.0.0.2", "127.0.0.1"]))
    reply = sender.send(receiver.url(), b"{}", {})
    assert reply.is_success
    assert reply.address == f"127.0.0.1:{receiver.port}"


def test_late_name_server_counts(serve, make_sender):
    receiver = serve(dripping(respond(), []))

    def late(host, port, **hints):
        answered_at = time.monotonic() + 0.05
        while time.monotonic() < answered_at:
            pass
        return Names(["127.0.0.1"])(host, port, **hints)

    reply = make_sender(total_timeout=0.04, resolver=late).send(receiver.url(), b"{}", {})
    assert (reply.status, reply.error) == (None, "timeout")
    assert reply.error_detail == "The host name was not resolved before the timeout."
    assert receiver.connections == 0


def test_answer_may_take_longer_than_the_connect_limit(serve, make_sender, tls):
    receiver = serve(dripping(b"", [bytes([byte]) for byte in respond(body=b"")]), tls)
    reply = make_sender(connect_timeout=LIMIT, total_timeout=5.0).send(receiver.url(), b"{}", {})
    assert reply.is_success
    assert reply.duration_ms > LIMIT * 1000
