"""Every error class, caused by what real receivers do."""

import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NoReturn

import pytest
import trustme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.webhooks.conftest import MakeContext, MakeSender, Serve
from tests.webhooks.raw_server import FakeResolver, Peer, always, dripping, http_response, once
from webhooks.response import WebhookResponse
from webhooks.send import Sender

ERROR_CLASSES = {"dns", "connect", "tls", "timeout", "blocked_address", "too_large", "protocol"}


def failure(response: WebhookResponse) -> tuple[int | None, str | None]:
    assert not response.is_success
    assert response.error_detail
    return response.status, response.error


def test_unknown_host_name_is_dns(make_sender: MakeSender) -> None:
    def unknown(_host: str, _port: int, **_hints: object) -> NoReturn:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    response = make_sender(resolver=unknown).send("http://gone.example.test/", b"{}", {})
    assert failure(response) == (None, "dns")
    assert response.error_detail == "The host name could not be resolved: Name or service not known."
    assert response.address is None
    assert response.timings.connect_ms is None


def test_host_name_without_addresses_is_dns(make_sender: MakeSender) -> None:
    assert failure(make_sender(resolver=FakeResolver([])).send("http://empty.example.test/", b"{}", {})) == (
        None,
        "dns",
    )


@pytest.fixture
def closed_port() -> Iterator[int]:
    with socket.socket() as bound:  # but not listening
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def test_connection_refused_is_connect(sender: Sender, closed_port: int) -> None:
    response = sender.send(f"http://hooks.example.test:{closed_port}/", b"{}", {})
    assert failure(response) == (None, "connect")
    assert response.error_detail == "The connection could not be established: Connection refused."
    assert response.address == f"127.0.0.1:{closed_port}"


def test_next_address_is_used_when_one_is_closed(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(always(http_response()))
    response = make_sender(resolver=FakeResolver(["127.0.0.2", "127.0.0.1"])).send(server.url(), b"{}", {})
    assert response.is_success
    assert response.address == f"127.0.0.1:{server.port}"


def test_ipv6_address_is_shown_in_brackets(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(always(http_response()))  # on IPv4 only, so that this address is closed
    response = make_sender(resolver=FakeResolver(["::1"])).send(server.url(), b"{}", {})
    assert failure(response) == (None, "connect")
    assert response.address == f"[::1]:{server.port}"


def test_no_more_than_four_addresses_are_tried(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(always(http_response()))
    resolver = FakeResolver([f"127.0.0.{last}" for last in (2, 3, 4, 5, 1)])
    assert failure(make_sender(resolver=resolver).send(server.url(), b"{}", {})) == (None, "connect")


def test_certificate_for_another_name_is_tls(serve: Serve, sender: Sender, server_context: MakeContext) -> None:
    server = serve(always(http_response()), server_context("other.example.test"))
    response = sender.send(server.url(), b"{}", {})
    assert failure(response) == (None, "tls")
    assert "certificate is not valid for 'hooks.example.test'" in (response.error_detail or "")
    assert server.received == []


def test_certificate_of_an_unknown_authority_is_tls(serve: Serve, sender: Sender, server_context: MakeContext) -> None:
    context = server_context("unrelated.example.test")
    trustme.CA().issue_cert("hooks.example.test").configure_cert(context)
    server = serve(always(http_response()), context)
    assert failure(sender.send(server.url(), b"{}", {})) == (None, "tls")
    assert server.received == []


def test_expired_certificate_is_tls(serve: Serve, sender: Sender, server_context: MakeContext) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    server = serve(always(http_response()), server_context("hooks.example.test", not_after=yesterday))
    response = sender.send(server.url(), b"{}", {})
    assert failure(response) == (None, "tls")
    assert response.error_detail == "TLS failed: certificate has expired."


def test_sender_without_a_context_trusts_public_authorities_only(
    serve: Serve, make_sender: MakeSender, server_context: MakeContext
) -> None:
    server = serve(always(http_response()), server_context("hooks.example.test"))
    response = make_sender(ssl_context=None).send(server.url(), b"{}", {})
    assert failure(response) == (None, "tls")
    assert "unable to get local issuer certificate" in (response.error_detail or "")


def test_plain_receiver_behind_an_https_url_is_tls(serve: Serve, sender: Sender) -> None:
    server = serve(lambda peer: (peer.sock.recv(65536), peer.send(http_response("400 Bad Request"))))
    url = server.url().replace("http://", "https://")
    assert failure(sender.send(url, b"{}", {})) == (None, "tls")


def test_reset_during_the_handshake_is_tls(serve: Serve, sender: Sender) -> None:
    server = serve(lambda peer: (peer.sock.recv(65536), peer.reset()))  # after the client has begun the handshake
    url = server.url().replace("http://", "https://")
    assert failure(sender.send(url, b"{}", {})) == (None, "tls")


@pytest.mark.parametrize(
    "raw_response",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"\x00\x01\x02\x03",
        b"HTTP/1.1 abc Strange\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nab",
    ],
)
def test_response_that_is_not_http_is_protocol(serve: Serve, sender: Sender, raw_response: bytes) -> None:
    response = sender.send(serve(once(raw_response)).url(), b"{}", {})
    assert failure(response) == (None, "protocol")
    assert response.error_detail == "The response is not valid HTTP."


@pytest.mark.parametrize(
    "raw_response",
    [b"", b"HTTP/1.1 200", b"HTTP/1.1 200 OK\r\nContent-Le", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"],
)
def test_connection_closed_within_the_headers_is_protocol(serve: Serve, sender: Sender, raw_response: bytes) -> None:
    response = sender.send(serve(once(raw_response)).url(), b"{}", {})
    assert failure(response) == (None, "protocol")
    assert response.error_detail == "The connection was closed before the response was complete."


@pytest.mark.parametrize(
    "raw_response",
    [http_response(body=b"half", length=8), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\nhalf"],
)
def test_2xx_whose_body_breaks_off_is_a_failure(serve: Serve, sender: Sender, raw_response: bytes) -> None:
    response = sender.send(serve(once(raw_response)).url(), b"{}", {})
    assert failure(response) == (200, "protocol")
    assert response.preview == "half"
    assert response.error_detail == "The connection was closed before the response was complete."


def test_body_of_64_kib_is_read_completely(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response(body=b"x" * 65536)))
    assert sender.send(server.url(), b"{}", {}).is_success
    assert sender.send(server.url(), b"{}", {}).is_success
    assert server.connections == 1


@pytest.mark.parametrize(
    "raw_response",
    [
        http_response(body=b"x" * 65537),
        b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 65537,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10001\r\n" + b"x" * 65537 + b"\r\n0\r\n\r\n",
    ],
    ids=["content length", "no content length", "chunked"],
)
def test_longer_body_is_too_large_and_closes_the_connection(serve: Serve, sender: Sender, raw_response: bytes) -> None:
    server = serve(once(raw_response))
    response = sender.send(server.url(), b"{}", {})
    assert failure(response) == (200, "too_large")
    assert response.preview == "x" * 4096
    sender.send(server.url(), b"{}", {})
    assert server.connections == 2


def test_long_error_page_keeps_its_status_and_beginning(serve: Serve, sender: Sender) -> None:
    page = b"<h1>Traceback</h1>" + b"x" * 100_000
    response = sender.send(serve(always(http_response("500 Broken", page))).url(), b"{}", {})
    assert failure(response) == (500, "too_large")
    assert response.preview.startswith("<h1>Traceback</h1>")


def test_body_is_not_read_when_its_content_length_is_too_large(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(dripping(http_response(body=b"x" * 4096, length=10**9), iter(lambda: b"x", None)))
    response = make_sender(total_timeout=5.0).send(server.url(), b"{}", {})
    assert failure(response) == (200, "too_large")
    assert response.duration_ms < 2000


@pytest.mark.parametrize(
    ("start", "piece"),
    [
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", b"Trailer: 1\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1;" + b"x" * 9000 + b"\r\nx\r\n"),
    ],
    ids=["interim responses", "trailers", "chunk extensions"],
)
def test_endless_framing_is_too_large(serve: Serve, sender: Sender, start: bytes, piece: bytes) -> None:
    server = serve(once(start + piece * (300_000 // len(piece))))
    assert failure(sender.send(server.url(), b"{}", {}))[1] == "too_large"


def test_details_and_logs_never_quote_the_path(
    serve: Serve, sender: Sender, caplog: pytest.LogCaptureFixture, closed_port: int
) -> None:
    caplog.set_level(logging.WARNING)
    raw_responses = [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        http_response(body=b"x", length=5),
    ]
    responses = [
        sender.send(serve(once(raw_response)).url("/hooks?token=s3cret"), b"{}", {}) for raw_response in raw_responses
    ]
    responses.append(sender.send(f"http://hooks.example.test:{closed_port}/s3cret", b"{}", {}))
    assert not any("s3cret" in (response.error_detail or "") for response in responses)
    assert "s3cret" not in caplog.text


@dataclass
class BytesServer:
    """One server for many examples: it sends the bytes in `raw_response` and closes."""

    url: str
    raw_response: bytes = b""


LINES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 204 No Content\r\n",
        b"HTTP/1.1 100 Continue\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Content-Length: 5\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length : 5\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"X-Gr\xc3\xb6\xc3\x9fe: 1\r\n",
        b"Retry-After: 1\r\n",
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
@given(raw_response=st.lists(LINES | st.binary(max_size=20), max_size=12).map(b"".join))
def test_no_response_raises(serve_bytes: BytesServer, sender: Sender, raw_response: bytes) -> None:
    serve_bytes.raw_response = raw_response
    response = sender.send(serve_bytes.url, b"{}", {})
    assert response.error in {None, *ERROR_CLASSES}
    assert response.error is not None or response.status is not None
    assert response.is_success == (response.error is None and response.status in range(200, 300))


@pytest.fixture
def serve_bytes(serve: Serve) -> BytesServer:
    def script(peer: Peer) -> None:
        peer.next_request()
        peer.send(server.raw_response)

    server = BytesServer(serve(script).url())
    return server
