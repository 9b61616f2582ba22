"""The request that a receiver gets, and what is kept of its response."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.webhooks.conftest import MakeContext, MakeSender, Serve
from tests.webhooks.raw_server import always, dripping, http_response, once
from webhooks.send import Sender


def test_body_and_headers_arrive_unchanged(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response()))
    body = '{"brand": "Grönefeld", "x": "\u2028"}'.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "WatchTraderHub-Webhooks/1.0",
        "WTH-Event-Id": "evt_1",
    }

    sender.send(server.url("/hooks?shop=7&a=%2F"), body, headers)

    (received,) = server.received
    assert received.request_line == "POST /hooks?shop=7&a=%2F HTTP/1.1"
    assert received.body == body
    assert set(received.header_lines) == {
        "Content-Type: application/json",
        "User-Agent: WatchTraderHub-Webhooks/1.0",
        "WTH-Event-Id: evt_1",
        f"Host: hooks.example.test:{server.port}",
        f"Content-Length: {len(body)}",
        "Accept-Encoding: identity",
    }


def test_response_holds_what_the_receiver_sent(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response("202 Accepted", "queued ✓".encode(), ["X-Trace: 42"])))

    response = sender.send(server.url(), b"{}", {})

    assert response.status == 202
    assert response.is_success
    assert (response.error, response.error_detail) == (None, None)
    assert response.headers == {"X-Trace": "42", "Content-Length": "10"}
    assert response.preview == "queued ✓"
    assert response.address == f"127.0.0.1:{server.port}"


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_is_a_success(serve: Serve, sender: Sender, status: int) -> None:
    server = serve(always(http_response(f"{status} Fine", b"")))
    assert sender.send(server.url(), b"{}", {}).is_success


@pytest.mark.parametrize("status", [300, 304, 308, 400, 404, 410, 429, 500, 503])
def test_other_statuses_are_failures_without_an_error(serve: Serve, sender: Sender, status: int) -> None:
    server = serve(always(http_response(f"{status} Sorry", b"")))
    response = sender.send(server.url(), b"{}", {})
    assert (response.status, response.error, response.is_success) == (status, None, False)


def test_timings_of_a_first_exchange_cover_each_phase(
    serve: Serve, sender: Sender, server_context: MakeContext
) -> None:
    server = serve(always(http_response()), server_context("hooks.example.test"))
    response = sender.send(server.url(), b"{}", {})
    timings = response.timings
    assert timings.total_ms is not None
    parts = [
        part for part in (timings.dns_ms, timings.connect_ms, timings.tls_ms, timings.first_byte_ms) if part is not None
    ]
    assert len(parts) == 4
    assert all(part >= 0 for part in parts)
    assert sum(parts) <= timings.total_ms
    assert response.duration_ms == round(timings.total_ms)


def test_reused_connection_needs_no_lookup_and_no_handshake(
    serve: Serve, sender: Sender, server_context: MakeContext
) -> None:
    server = serve(always(http_response()), server_context("hooks.example.test"))
    first = sender.send(server.url(), b"{}", {})
    second = sender.send(server.url(), b"{}", {})
    assert server.connections == 1
    assert (second.timings.dns_ms, second.timings.connect_ms, second.timings.tls_ms) == (None, None, None)
    assert second.timings.first_byte_ms is not None
    assert second.timings.first_byte_ms > 0
    assert second.address == first.address


def test_plain_connection_has_no_tls_time(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response()))
    timings = sender.send(server.url(), b"{}", {}).timings
    assert timings.connect_ms is not None
    assert timings.tls_ms is None


def test_threads_share_one_sender(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(always(http_response()))
    sender = make_sender(per_host=16)
    with ThreadPoolExecutor(16) as pool:
        responses = list(pool.map(lambda n: sender.send(server.url(), b"%d" % n, {}), range(200)))
    assert all(response.is_success for response in responses)
    assert sorted(int(request.body) for request in server.received) == list(range(200))
    assert server.connections <= 16


def test_redirect_is_not_followed(serve: Serve, sender: Sender) -> None:
    elsewhere = serve(always(http_response()))
    server = serve(always(http_response("307 Temporary Redirect", b"", [f"Location: {elsewhere.url()}"])))
    response = sender.send(server.url(), b"{}", {})
    assert (response.status, response.error, response.is_success) == (307, None, False)
    assert response.headers["Location"] == elsewhere.url()
    assert elsewhere.connections == 0


def test_body_of_a_redirect_is_not_read(serve: Serve, make_sender: MakeSender) -> None:
    start = b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 1000000\r\n\r\n"
    server = serve(dripping(start, iter(lambda: b"x", None)))
    response = make_sender(total_timeout=5.0).send(server.url(), b"{}", {})
    assert (response.status, response.error, response.preview) == (302, None, "")
    assert response.duration_ms < 2000


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_proxies_in_the_environment_are_ignored(
    serve: Serve, sender: Sender, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    proxy = serve(always(http_response("502 Bad Gateway")))
    server = serve(always(http_response()))
    monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    assert sender.send(server.url(), b"{}", {}).status == 200
    assert proxy.connections == 0


def test_https_proxies_in_the_environment_are_ignored(
    serve: Serve, sender: Sender, monkeypatch: pytest.MonkeyPatch, server_context: MakeContext
) -> None:
    proxy = serve(always(http_response("502 Bad Gateway")))
    server = serve(always(http_response()), server_context("hooks.example.test"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    assert sender.send(server.url(), b"{}", {}).status == 200
    assert proxy.connections == 0


def test_passwords_of_a_netrc_file_are_not_sent(
    serve: Serve, sender: Sender, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine hooks.example.test login dealer password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(always(http_response()))
    sender.send(server.url(), b"{}", {})
    assert "authorization" not in server.received[0].headers


def test_cookies_are_not_sent_back(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response(headers=["Set-Cookie: session=1; Path=/"])))
    for _ in range(2):
        sender.send(server.url(), b"{}", {})
    assert "cookie" not in server.received[1].headers


def test_preview_is_the_first_4_kib_as_valid_text(serve: Serve, sender: Sender) -> None:
    body = b"a\x00b\x1b[31m\xff\xfe\t\r\n" + b"x" * 9000
    preview = sender.send(serve(always(http_response(body=body))).url(), b"{}", {}).preview
    assert preview.startswith("a\ufffdb\ufffd[31m\ufffd\ufffd\t\r\nxxx")
    assert len(preview) == 4096
    assert "\x00" not in preview
    preview.encode()


def test_compressed_response_is_not_decompressed(serve: Serve, sender: Sender) -> None:
    bomb = b"\x1f\x8b\x08\x00" + b"\x00" * 20
    server = serve(always(http_response(body=bomb, headers=["Content-Encoding: gzip"])))
    response = sender.send(server.url(), b"{}", {})
    assert response.is_success
    assert len(response.preview) == len(bomb)


def test_response_headers_are_truncated_to_16_kib(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response(headers=[f"X-{n}: {'v' * 3000}" for n in range(20)])))
    headers = sender.send(server.url(), b"{}", {}).headers
    assert sum(len(name) + len(value) for name, value in headers.items()) <= 16 * 1024
    assert headers["X-0"] == "v" * 3000


def test_response_headers_hold_no_control_characters(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response(headers=["X-Odd: a\x00b\x1bc", "X-Folded: one\r\n two"])))
    headers = sender.send(server.url(), b"{}", {}).headers
    assert headers["X-Odd"] == "a\ufffdb\ufffdc"
    assert headers["X-Folded"] == "one two"


def test_repeated_response_headers_are_joined(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response(headers=["Via: one", "Via: two"])))
    assert sender.send(server.url(), b"{}", {}).headers["Via"] == "one, two"


def test_response_that_ends_with_the_connection_is_complete(serve: Serve, sender: Sender) -> None:
    server = serve(once(b"HTTP/1.0 200 OK\r\n\r\nthanks"))
    response = sender.send(server.url(), b"{}", {})
    assert response.is_success
    assert response.preview == "thanks"


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n",
    ],
)
def test_interim_response_is_skipped(serve: Serve, sender: Sender, interim: bytes) -> None:
    server = serve(always(interim + http_response("201 Created")))
    assert sender.send(server.url(), b"{}", {}).status == 201


def test_header_with_a_line_break_is_a_bug_and_raises(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response()))
    with pytest.raises(ValueError, match="Invalid header value"):
        sender.send(server.url(), b"{}", {"WTH-Event-Type": "a\r\nX-Injected: 1"})
    assert server.received == []
