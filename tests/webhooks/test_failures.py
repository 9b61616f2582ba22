"""Every class of failure, caused by what real receivers do."""

import logging
import socket
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.webhooks.receiver import Names, always, dripping, once, respond

ERROR_CLASSES = {"dns", "connect", "tls", "timeout", "blocked_address", "too_large", "protocol"}


def failure(reply):
    assert not reply.is_success
    assert reply.error_detail
    return reply.status, reply.error


def test_unknown_host_name_is_dns(make_sender):
    def unknown(_host, _port, **_hints):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    reply = make_sender(resolver=unknown).send("http://gone.example.test/", b"{}", {})
    assert failure(reply) == (None, "dns")
    assert reply.error_detail == "The host name could not be resolved: Name or service not known."
    assert reply.address is None
    assert reply.timings.connect_ms is None


def test_host_name_without_addresses_is_dns(make_sender):
    assert failure(make_sender(resolver=Names([])).send("http://empty.example.test/", b"{}", {})) == (
        None,
        "dns",
    )


@pytest.fixture
def refusing_port():
    with socket.socket() as bound:  # but not listening
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_refused_connection_is_connect(sender, refusing_port):
    reply = sender.send(f"http://hooks.example.test:{refusing_port}/", b"{}", {})
    assert failure(reply) == (None, "connect")
    assert reply.error_detail == "The connection could not be established: Connection refused."
    assert reply.address == f"127.0.0.1:{refusing_port}"


def test_next_address_is_tried_when_one_refuses(serve, make_sender):
    receiver = serve(always(respond()))
    reply = make_sender(resolver=Names(["127.0.0.2", "127.0.0.1"])).send(receiver.url(), b"{}", {})
    assert reply.is_success
    assert reply.address == f"127.0.0.1:{receiver.port}"


def test_ipv6_address_is_shown_in_brackets(serve, make_sender):
    receiver = serve(always(respond()))  # on IPv4 only, so that nobody answers here
    reply = make_sender(resolver=Names(["::1"])).send(receiver.url(), b"{}", {})
    assert failure(reply) == (None, "connect")
    assert reply.address == f"[::1]:{receiver.port}"


def test_no_more_than_four_addresses_are_tried(serve, make_sender):
    receiver = serve(always(respond()))
    names = Names([f"127.0.0.{last}" for last in (2, 3, 4, 5, 1)])
    assert failure(make_sender(resolver=names).send(receiver.url(), b"{}", {})) == (None, "connect")


def test_certificate_for_another_name_is_tls(serve, sender, certified):
    receiver = serve(always(respond()), certified("other.example.test"))
    reply = sender.send(receiver.url(), b"{}", {})
    assert failure(reply) == (None, "tls")
    assert "certificate is not valid for 'hooks.example.test'" in reply.error_detail
    assert receiver.received == []


def test_certificate_of_an_unknown_authority_is_tls(serve, sender, certified):
    context = certified("unrelated.example.test")
    trustme.CA().issue_cert("hooks.example.test").configure_cert(context)
    receiver = serve(always(respond()), context)
    assert failure(sender.send(receiver.url(), b"{}", {})) == (None, "tls")
    assert receiver.received == []


def test_expired_certificate_is_tls(serve, sender, certified):
    yesterday = datetime.now(UTC) - timedelta(days=1)
    receiver = serve(always(respond()), certified("hooks.example.test", not_after=yesterday))
    reply = sender.send(receiver.url(), b"{}", {})
    assert failure(reply) == (None, "tls")
    assert reply.error_detail == "TLS failed: certificate has expired."


def test_public_authorities_are_trusted_without_a_context_of_ones_own(serve, make_sender, certified):
    receiver = serve(always(respond()), certified("hooks.example.test"))
    reply = make_sender(ssl_context=None).send(receiver.url(), b"{}", {})
    assert failure(reply) == (None, "tls")
    assert "unable to get local issuer certificate" in reply.error_detail


def test_plain_receiver_behind_an_https_url_is_tls(serve, sender):
    receiver = serve(lambda peer: (peer.sock.recv(65536), peer.send(respond("400 Bad Request"))))
    url = receiver.url().replace("http://", "https://")
    assert failure(sender.send(url, b"{}", {})) == (None, "tls")


def test_reset_during_the_handshake_is_tls(serve, sender):
    receiver = serve(lambda peer: (peer.sock.recv(65536), peer.reset()))
    url = receiver.url().replace("http://", "https://")
    assert failure(sender.send(url, b"{}", {})) == (None, "tls")


@pytest.mark.parametrize(
    "answer",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\x01\x02\x03",
        b"HTTP/1.1 abc Strange\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab",
        b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % n for n in range(101)) + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"v" * 70_000 + b"\r\n\r\n",
    ],
)
def test_answer_that_is_not_http_is_protocol(serve, sender, answer):
    reply = sender.send(serve(once(answer)).url(), b"{}", {})
    assert failure(reply) == (None, "protocol")
    assert reply.error_detail == "The response is not valid HTTP."


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"]
)
def test_connection_closed_within_the_headers_is_protocol(serve, sender, answer):
    reply = sender.send(serve(once(answer)).url(), b"{}", {})
    assert failure(reply) == (None, "protocol")
    assert reply.error_detail == "The connection was closed before the response was complete."


@pytest.mark.parametrize(
    "answer",
    [respond(body=b"half", length=8), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf"],
)
def test_2xx_whose_body_breaks_off_is_no_success(serve, sender, answer):
    reply = sender.send(serve(once(answer)).url(), b"{}", {})
    assert failure(reply) == (200, "protocol")
    assert reply.preview == "half"
    assert reply.error_detail == "The connection was closed before the response was complete."


def test_body_of_64_kib_is_read_to_its_end(serve, sender):
    receiver = serve(always(respond(body=b"x" * 65536)))
    assert sender.send(receiver.url(), b"{}", {}).is_success
    assert sender.send(receiver.url(), b"{}", {}).is_success
    assert receiver.connections == 1


@pytest.mark.parametrize(
    "answer",
    [
        respond(body=b"x" * 65537),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65537,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n" + b"x" * 65537 + b"\r\n0\r\n\r\n",
    ],
    ids=["stated", "unstated", "chunked"],
)
def test_longer_body_is_too_large_and_ends_the_connection(serve, sender, answer):
    receiver = serve(once(answer))
    reply = sender.send(receiver.url(), b"{}", {})
    assert failure(reply) == (200, "too_large")
    assert reply.preview == "x" * 4096
    sender.send(receiver.url(), b"{}", {})
    assert receiver.connections == 2


def test_long_error_page_still_shows_its_status_and_beginning(serve, sender):
    page = b"<h1>Traceback</h1>" + b"x" * 100_000
    reply = sender.send(serve(always(respond("500 Broken", page))).url(), b"{}", {})
    assert failure(reply) == (500, "too_large")
    assert reply.preview.startswith("<h1>Traceback</h1>")


def test_stated_length_is_not_waited_for(serve, make_sender):
    receiver = serve(dripping(respond(body=b"x" * 4096, length=10**9), iter(lambda: b"x", None)))
    reply = make_sender(total_timeout=5.0).send(receiver.url(), b"{}", {})
    assert failure(reply) == (200, "too_large")
    assert reply.duration_ms < 2000


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"Trailer: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 9000 + b"\r\nx\r\n"),
    ],
    ids=["interim answers", "trailers", "chunk extensions"],
)
def test_endless_framing_is_too_large(serve, sender, start, piece):
    receiver = serve(once(start + piece * (300_000 // len(piece))))
    assert failure(sender.send(receiver.url(), b"{}", {}))[1] == "too_large"


def test_details_and_logs_never_quote_the_path(serve, sender, caplog, refusing_port):
    caplog.set_level(logging.WARNING)
    answers = [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        respond(body=b"x", length=5),
    ]
    replies = [sender.send(serve(once(answer)).url("/hooks?token=s3cret"), b"{}", {}) for answer in answers]
    replies.append(sender.send(f"http://hooks.example.test:{refusing_port}/s3cret", b"{}", {}))
    assert not any("s3cret" in (reply.error_detail or "") for reply in replies)
    assert "s3cret" not in caplog.text


LINES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 204 No Content\r\n",
        b"HTTP/1.1 100 Continue\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Connection: keep-alive\r\n",
        b"Location: http://[\r\n",
        b"Set-Cookie: =\xff; Expires=never\r\n",
        b" folded\r\n",
        b"\r\n",
        b"5\r\nhello\r\n",
        b"-5\r\n",
        b"fffffffff\r\n",
        b"0\r\n\r\n",
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answer=st.lists(LINES | st.binary(max_size=20), max_size=12).map(b"".join))
def test_no_answer_whatsoever_raises(serve_bytes, sender, answer):
    serve_bytes.answer = answer
    reply = sender.send(serve_bytes.url, b"{}", {})
    assert reply.error in {None, *ERROR_CLASSES}
    assert reply.is_success == (reply.error is None and 200 <= reply.status < 300)


@pytest.fixture
def serve_bytes(serve):
    """One receiver for many examples: `answer` is what it says next before it hangs up."""

    class Current:
        answer = b""

    def script(peer):
        peer.next_request()
        peer.send(Current.answer)

    Current.url = serve(script).url()
    return Current
