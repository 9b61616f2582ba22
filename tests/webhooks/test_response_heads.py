"""Response heads of real receivers: malformed header lines, long heads, framing, and bytes after the response."""

import ssl

import pytest

from tests.webhooks.conftest import MakeContext, Serve
from tests.webhooks.raw_server import Peer, Script, always, http_response, once
from webhooks.response import WebhookResponse
from webhooks.send import Sender

OK = b"HTTP/1.1 200 OK\r\n"
BODY = b"Content-Length: 2\r\n\r\nok"


def send(serve: Serve, sender: Sender, raw_response: bytes) -> WebhookResponse:
    """Send to a receiver that keeps its connection open, so that only the head says where the body ends."""
    return sender.send(serve(always(raw_response)).url(), b"{}", {})


MALFORMED_LINES = [
    "X-Größe: 1".encode(),
    "X-Größe: 1".encode("latin-1"),
    b"X Powered By: PHP",
    b": no name",
    b"no colon",
    b"X-Null\x00: 1",
    b"X(comment): 1",
    b"\x0bX-Tab: 1",
    b"HTTP/1.1 200 OK",
    b"From here\r\n and folded: on",
    b"\xff\xfe",
]


@pytest.mark.parametrize("line", MALFORMED_LINES)
@pytest.mark.parametrize("place", ["first", "last"])
def test_malformed_header_line_costs_only_itself(serve: Serve, sender: Sender, line: bytes, place: str) -> None:
    head = [b"X-Trace: 42", b"Content-Length: 2"]
    head.insert(0 if place == "first" else 2, line)
    response = send(serve, sender, OK + b"\r\n".join(head) + b"\r\n\r\nok")
    assert response.is_success
    assert response.headers == {"X-Trace": "42", "Content-Length": "2"}
    assert response.preview == "ok"


@pytest.mark.parametrize(
    ("lines", "headers"),
    [
        (b"X-Powered-By : PHP\r\n", {"X-Powered-By": "PHP"}),
        (b"X-Tab\t:\t1\t\r\n", {"X-Tab": "1"}),
        (b"X-Empty:\r\n", {"X-Empty": ""}),
        (b"X-Colons: a:b:c\r\n", {"X-Colons": "a:b:c"}),
        (b"X-Bare-LF: 1\n", {"X-Bare-LF": "1"}),
        (b"X-Bare-CR: a\rContent-Length: 9\r\n", {"X-Bare-CR": "a Content-Length: 9"}),
        (b"  X-Indented: 1\r\n", {}),
        (b"X-Folded: a\r\n\tb\r\n  c\r\n", {"X-Folded": "a b c"}),
        (b"x-case: 1\r\nX-Case: 2\r\n", {"x-case": "1, 2"}),
    ],
)
def test_odd_header_line_is_read(serve: Serve, sender: Sender, lines: bytes, headers: dict[str, str]) -> None:
    response = send(serve, sender, OK + lines + BODY)
    assert (response.is_success, response.preview) == (True, "ok")
    assert response.headers == {**headers, "Content-Length": "2"}


@pytest.mark.parametrize(
    "raw_response",
    [
        (OK + BODY).replace(b"\r\n", b"\n"),
        (OK + BODY).replace(b"\r\n", b"\r\r\n"),
        b"\r\n" + OK + BODY,
        b"\n\r\n" + OK + BODY,
        b"HTTP/1.1 200\r\n" + BODY,
        b"HTTP/1.1  200 \r\n" + BODY,
        "HTTP/1.1 200 Größe\r\n".encode() + BODY,
        OK + b"Content-Length : 2\r\n\r\nok",
        OK + b"CONTENT-LENGTH:2\r\n\r\nok",
        OK + b"Content-Length:\r\n 2\r\n\r\nok",
        OK + b"Content-Length: 2, 2\r\nContent-Length: 02\r\n\r\nok",
        OK + b"Transfer-Encoding: Chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: chunked\r\nContent-Length: 9\r\n\r\n2 ;x=1\r\nok\r\n0\r\n\r\n",
        OK + b"Transfer-Encoding: identity\r\n" + BODY,
        b"HTTP/1.1 103 Early Hints\r\nX-Gr\xc3\xb6\xc3\x9fe: 1\r\n\r\n" + OK + BODY,
    ],
)
def test_end_of_the_body_is_found(serve: Serve, sender: Sender, raw_response: bytes) -> None:
    response = send(serve, sender, raw_response)
    assert (response.is_success, response.preview) == (True, "ok"), response


@pytest.mark.parametrize("framing", [b"2;%s\r\nok\r\n0\r\n\r\n", b"2\r\nok\r\n0\r\nX-Trailer: %s\r\n\r\n"])
def test_long_chunk_extensions_and_trailers_are_read(serve: Serve, sender: Sender, framing: bytes) -> None:
    server = serve(always(OK + b"Transfer-Encoding: chunked\r\n\r\n" + framing % (b"a" * 100_000)))
    responses = [sender.send(server.url(), b"{}", {}) for _ in range(2)]
    assert [(response.is_success, response.preview) for response in responses] == [(True, "ok")] * 2
    assert server.connections == 1


def test_204_has_no_body_whatever_its_headers_say(serve: Serve, sender: Sender) -> None:
    for line in (b"Transfer-Encoding: chunked", b"Content-Length: 5"):
        assert send(serve, sender, b"HTTP/1.1 204 No Content\r\n" + line + b"\r\n\r\n").status == 204


@pytest.mark.parametrize(
    "raw_response",
    [
        b"HTTP/1.1 2_0 OK\r\n" + BODY,
        b"HTTP/1.1 +200 OK\r\n" + BODY,
        b"HTTP/1.1 0200 OK\r\n" + BODY,
        b"HTTP/1.1 200OK\r\n" + BODY,
        b"HTTP/1.x 200 OK\r\n" + BODY,
        b"HTTP/2 200 OK\r\n" + BODY,
        b"ICY 200 OK\r\n" + BODY,
        b" HTTP/1.1 200 OK\r\n" + BODY,
        OK + b"Content-Length: +2\r\n\r\nok",
        OK + b"Content-Length: -2\r\n\r\nok",
        OK + b"Content-Length: 0_2\r\n\r\nok",
        OK + b"Content-Length: 2 bytes\r\n\r\nok",
        OK + "Content-Length: ²\r\n\r\nok".encode("latin-1"),
        OK + b"Content-Length:\r\n\r\nok",
        OK + b"Content-Length: 2, 3\r\n\r\nok",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\nok",
    ],
)
def test_ambiguous_status_or_length_is_protocol(serve: Serve, sender: Sender, raw_response: bytes) -> None:
    response = send(serve, sender, raw_response)
    assert (response.status, response.error) == (None, "protocol")
    assert response.error_detail == "The response is not valid HTTP."


@pytest.mark.parametrize("size", [b"-2", b"+2", b"0x2", b"2_0", b"", b"2 2", b"ok"])
def test_invalid_chunk_size_is_protocol(serve: Serve, sender: Sender, size: bytes) -> None:
    chunks = b"Transfer-Encoding: chunked\r\n\r\n" + size + b"\r\nok\r\n0\r\n\r\n"
    response = send(serve, sender, OK + chunks)
    assert (response.status, response.error) == (200, "protocol")
    assert response.error_detail == "The response is not valid HTTP."


@pytest.mark.parametrize(
    "lines",
    [
        b"".join(b"X-%d: 1\r\n" % n for n in range(1000)),
        b"Content-Security-Policy: " + b"a" * 100_000 + b"\r\n",
        b"".join(b"Set-Cookie: n%d=%s; Path=/\r\n" % (n, b"v" * 4000) for n in range(50)),
        b"X-Folded: a\r\n" + b" b\r\n" * 20_000,
        b"X-Returns: " + b"\r" * 200_000 + b"a\r\n",
        b"X-Spaces" + b" " * 200_000 + b"a\r\n",
        b"X" * 200_000 + b"\r\n",
    ],
    ids=["headers", "header of 100 KB", "cookies", "folded header", "carriage returns", "spaces", "name"],
)
def test_long_head_is_read_up_to_the_limit_of_the_response(serve: Serve, sender: Sender, lines: bytes) -> None:
    server = serve(always(OK + lines + BODY))
    responses = [sender.send(server.url(), b"{}", {}) for _ in range(2)]
    assert [(response.is_success, response.preview) for response in responses] == [(True, "ok")] * 2
    assert responses[0].headers["Content-Length"] == "2"
    assert server.connections == 1


@pytest.mark.parametrize(
    ("start", "line"),
    [
        (OK, b"X-Many: 1\r\n"),
        (OK, b"a:\n"),
        (OK, b"no colon\r\n"),
        (OK, b" \n"),
        (OK, b"x"),
        (b"", b"\r\n"),
        (b"", b"x"),
    ],
)
def test_endless_head_is_too_large(serve: Serve, sender: Sender, start: bytes, line: bytes) -> None:
    response = sender.send(serve(once(start + line * (300_000 // len(line)))).url(), b"{}", {})
    assert (response.status, response.error) == (None, "too_large")


@pytest.mark.parametrize("piece", [b"\r", b" ", b"\r\r\n "])
def test_long_head_that_breaks_off_is_protocol(serve: Serve, sender: Sender, piece: bytes) -> None:
    for start in (b"HTTP/1.1", b"HTTP/1.1 200 ", OK + b"X: 1"):
        response = sender.send(serve(once(start + piece * (200_000 // len(piece)))).url(), b"{}", {})
        assert (response.status, response.error) == (None, "protocol")
        assert response.duration_ms < 2000


def test_header_that_is_too_long_for_the_log_hides_no_other(serve: Serve, sender: Sender) -> None:
    headers = [f"Content-Security-Policy: {'a' * 17_000}", "Retry-After: 3600"]
    response = send(serve, sender, http_response("429 Slow", b"", headers))
    assert response.headers == {"Retry-After": "3600", "Content-Length": "0"}


def respond_then(first: bytes, *later: bytes) -> Script:
    """Respond to the first request of the connection with `first`, to later ones with `later`."""

    def script(peer: Peer) -> None:
        for raw_response in (first, *later):
            if peer.next_request() is None:
                return
            peer.send(raw_response)

    return script


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest, server_context: MakeContext) -> ssl.SSLContext | None:
    return server_context("hooks.example.test") if request.param == "tls" else None


FULL_BUFFER = http_response(
    body=b"x" * (8192 - len(http_response(body=b"")) - 3)
)  # what a buffered reader reads at once


@pytest.mark.parametrize(
    "stray",
    [b"\r\n", b"x", b"HTTP/1.1 20", b"HTTP/1.1 500 Smuggled\r\nContent-Length: 0\r\n\r\n", b"x" * 100_000],
    ids=["line break", "byte", "half a status line", "response", "page"],
)
@pytest.mark.parametrize("raw_response", [http_response(), FULL_BUFFER], ids=["short", "full buffer"])
def test_bytes_after_a_response_cost_no_other_delivery(
    serve: Serve, sender: Sender, tls: ssl.SSLContext | None, raw_response: bytes, stray: bytes
) -> None:
    server = serve(always(raw_response + stray), tls)
    assert [sender.send(server.url(), b"{}", {}).status for _ in range(3)] == [200, 200, 200]
    assert len(server.received) == 3
    assert server.connections == 3


@pytest.mark.parametrize("late", [b"stray\r\n", b"\x00\xff\r\n"])
def test_bytes_that_arrive_with_the_next_request_cost_it_nothing(serve: Serve, sender: Sender, late: bytes) -> None:
    server = serve(respond_then(http_response(), late + http_response("500 Confused")))
    assert [sender.send(server.url(), b"%d" % n, {}).status for n in range(2)] == [200, 200]
    assert [request.body for request in server.received] == [b"0", b"1", b"1"]
    assert server.connections == 2


def test_receiver_that_never_speaks_http_gets_the_body_once(serve: Serve, sender: Sender) -> None:
    server = serve(always(b"stray\r\n"))
    assert [sender.send(server.url(), b"{}", {}).error for _ in range(2)] == ["protocol", "protocol"]
    assert len(server.received) == 2


@pytest.mark.parametrize(
    "lines",
    [
        b"Connection: close\r\n",
        b"Connection: Keep-Alive, Close\r\n",
        b"Transfer-Encoding: identity\r\n",
    ],
)
def test_connection_that_the_receiver_closes_is_not_used_again(serve: Serve, sender: Sender, lines: bytes) -> None:
    server = serve(always(OK + lines + BODY))
    assert all(sender.send(server.url(), b"{}", {}).is_success for _ in range(2))
    assert server.connections == 2


@pytest.mark.parametrize("lines", [b"X-Gr\xc3\xb6\xc3\x9fe: 1\r\n", b"Connection: x-close\r\n", b"X-P : 1\r\n"])
def test_connection_is_used_again_after_a_malformed_line(serve: Serve, sender: Sender, lines: bytes) -> None:
    server = serve(always(OK + lines + BODY))
    assert all(sender.send(server.url(), b"{}", {}).is_success for _ in range(2))
    assert server.connections == 1


def test_http_1_0_is_kept_alive_only_if_it_says_so(serve: Serve, sender: Sender) -> None:
    silent, willing = b"HTTP/1.0 200 OK\r\n", b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"
    for start, connections in ((silent, 2), (willing, 1)):
        server = serve(always(start + BODY))
        assert all(sender.send(server.url(), b"{}", {}).is_success for _ in range(2))
        assert server.connections == connections


@pytest.mark.parametrize("size", [2, 60_000])
def test_tls_alert_after_the_handshake_is_tls(
    serve: Serve, sender: Sender, server_context: MakeContext, size: int
) -> None:
    context = server_context("hooks.example.test")
    context.minimum_version = ssl.TLSVersion.TLSv1_3  # which checks the client's certificate after the handshake
    context.verify_mode = ssl.CERT_REQUIRED
    response = sender.send(serve(always(http_response()), context).url(), b"x" * size, {})
    assert (response.status, response.error) == (None, "tls")
    assert response.error_detail == "TLS failed: tlsv13 alert certificate required."


def test_connection_that_closes_without_an_alert_is_protocol(
    serve: Serve, sender: Sender, server_context: MakeContext
) -> None:
    server = serve(lambda peer: peer.reset(), server_context("hooks.example.test"))
    response = sender.send(server.url(), b"x" * 1_000_000, {})
    assert (response.status, response.error) == (None, "protocol")
    assert response.error_detail == "The connection was closed before the response was complete."
