"""No receiver can hold a delivery longer than the time limits, however it paces itself."""

import itertools
import socket
import time

import pytest

from tests.webhooks.receiver import Names, dripping, respond

LIMIT = 0.3


@pytest.fixture(params=["plain", "tls"])
def tls(request, certified):
    return certified("hooks.example.test") if request.param == "tls" else None


@pytest.fixture
def hasty(make_sender):
    return make_sender(total_timeout=LIMIT)


def assert_cut(reply, *, status):
    assert (reply.status, reply.error, reply.is_success) == (status, "timeout", False)
    assert LIMIT * 1000 <= reply.duration_ms < LIMIT * 1000 + 250


def test_silent_receiver_is_cut(serve, hasty, tls):
    receiver = serve(lambda peer: (peer.next_request(), peer.idle()), tls)
    reply = hasty.send(receiver.url(), b"{}", {})
    assert_cut(reply, status=None)
    assert reply.error_detail == "No answer arrived in time."
    assert reply.timings.first_byte_ms is None


def test_trickling_header_is_cut(serve, hasty, tls):
    receiver = serve(dripping(b"HTTP/1.1 200 OK\r\nX: ", itertools.repeat(b"x")), tls)
    reply = hasty.send(receiver.url(), b"{}", {})
    assert_cut(reply, status=None)
    assert reply.error_detail == "The answer began, but was not complete in time."


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


def test_receiver_that_reads_slowly_is_cut(serve, hasty, tls):
    def script(peer):
        while not peer.stopping.wait(0.01):
            peer.sock.recv(65536)

    assert_cut(hasty.send(serve(script, tls).url(), b"x" * 30_000_000, {}), status=None)


def test_silent_handshake_is_cut_by_the_connect_limit(serve, make_sender):
    receiver = serve(lambda peer: peer.idle())
    url = receiver.url().replace("http://", "https://")
    reply = make_sender(connect_timeout=0.2, total_timeout=5.0).send(url, b"{}", {})
    assert (reply.status, reply.error) == (None, "timeout")
    assert reply.error_detail == "The TLS handshake did not finish in time."
    assert 200 <= reply.duration_ms < 1000


def test_trickling_handshake_is_cut(serve, make_sender):
    record = b"\x16\x03\x03\x40\x00\x02\x00\x3f\xfc"  # a ServerHello that never ends
    receiver = serve(lambda peer: (peer.send(record), peer.drip(itertools.repeat(b"\x00"))))
    url = receiver.url().replace("http://", "https://")
    reply = make_sender(connect_timeout=0.2, total_timeout=5.0).send(url, b"{}", {})
    assert reply.error == "timeout"
    assert 200 <= reply.duration_ms < 1000


@pytest.fixture
def deaf_port():
    """A port whose queue of connections is full: the system answers no further attempt."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        callers = [socket.socket() for _ in range(4)]
        for caller in callers:
            caller.setblocking(False)
            caller.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]
        for caller in callers:
            caller.close()


def test_unanswered_connection_is_cut_by_the_connect_limit(make_sender, deaf_port):
    sender = make_sender(connect_timeout=0.2, total_timeout=5.0)
    reply = sender.send(f"http://hooks.example.test:{deaf_port}/", b"{}", {})
    assert (reply.status, reply.error) == (None, "timeout")
    assert reply.error_detail == "No connection was made in time."
    assert 200 <= reply.duration_ms < 1000


def test_many_deaf_addresses_share_one_connect_limit(make_sender, deaf_port):
    sender = make_sender(connect_timeout=0.2, total_timeout=5.0, resolver=Names(["127.0.0.1"] * 20))
    reply = sender.send(f"http://hooks.example.test:{deaf_port}/", b"{}", {})
    assert reply.error == "timeout"
    assert 200 <= reply.duration_ms < 1000


def test_late_name_server_counts(serve, make_sender):
    receiver = serve(dripping(respond(), []))

    def late(host, port, **hints):
        answered_at = time.monotonic() + 0.05
        while time.monotonic() < answered_at:
            pass
        return Names(["127.0.0.1"])(host, port, **hints)

    reply = make_sender(total_timeout=0.04, resolver=late).send(receiver.url(), b"{}", {})
    assert (reply.status, reply.error) == (None, "timeout")
    assert receiver.connections == 0


def test_answer_may_take_longer_than_the_connect_limit(serve, make_sender, tls):
    receiver = serve(dripping(b"", [bytes([byte]) for byte in respond(body=b"")]), tls)
    reply = make_sender(connect_timeout=0.3, total_timeout=5.0).send(receiver.url(), b"{}", {})
    assert reply.is_success
    assert reply.duration_ms > 300
