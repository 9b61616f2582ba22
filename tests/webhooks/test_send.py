"""What arrives at a receiver, and what of its answer is kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.webhooks.receiver import always, dripping, once, respond


def test_body_and_headers_arrive_unchanged(serve, sender):
    receiver = serve(always(respond()))
    body = '{"brand": "Grönefeld", "x": "\u2028"}'.encode()
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "WatchTraderHub-Webhooks/1.0",
        "WTH-Event-Id": "evt_1",
    }

    sender.send(receiver.url("/hooks?shop=7&a=%2F"), body, headers)

    (received,) = receiver.received
    assert received.request_line == "POST /hooks?shop=7&a=%2F HTTP/1.1"
    assert received.body == body
    assert set(received.header_lines) == {
        "Content-Type: application/json",
        "User-Agent: WatchTraderHub-Webhooks/1.0",
        "WTH-Event-Id: evt_1",
        f"Host: hooks.example.test:{receiver.port}",
        f"Content-Length: {len(body)}",
        "Accept-Encoding: identity",
    }


def test_reply_tells_what_the_receiver_answered(serve, sender):
    receiver = serve(always(respond("202 Accepted", "queued ✓".encode(), ["X-Trace: 42"])))

    reply = sender.send(receiver.url(), b"{}", {})

    assert reply.status == 202
    assert reply.is_success
    assert (reply.error, reply.error_detail) == (None, None)
    assert reply.headers == {"X-Trace": "42", "Content-Length": "10"}
    assert reply.preview == "queued ✓"
    assert reply.address == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_every_2xx_is_a_success(serve, sender, status):
    receiver = serve(always(respond(f"{status} Fine", b"")))
    assert sender.send(receiver.url(), b"{}", {}).is_success


@pytest.mark.parametrize("status", [300, 304, 308, 400, 404, 410, 429, 500, 503])
def test_other_statuses_are_failures_without_an_error(serve, sender, status):
    receiver = serve(always(respond(f"{status} Sorry", b"")))
    reply = sender.send(receiver.url(), b"{}", {})
    assert (reply.status, reply.error, reply.is_success) == (status, None, False)


def test_timings_name_each_part_of_a_first_exchange(serve, sender, certified):
    receiver = serve(always(respond()), certified("hooks.example.test"))
    reply = sender.send(receiver.url(), b"{}", {})
    timings = reply.timings
    parts = [timings.dns_ms, timings.connect_ms, timings.tls_ms, timings.first_byte_ms]
    assert all(part is not None and part >= 0 for part in parts)
    assert sum(parts) <= timings.total_ms
    assert reply.duration_ms == round(timings.total_ms)


def test_kept_alive_connection_needs_no_lookup_and_no_handshake(serve, sender, certified):
    receiver = serve(always(respond()), certified("hooks.example.test"))
    first = sender.send(receiver.url(), b"{}", {})
    second = sender.send(receiver.url(), b"{}", {})
    assert receiver.connections == 1
    assert (second.timings.dns_ms, second.timings.connect_ms, second.timings.tls_ms) == (None, None, None)
    assert second.timings.first_byte_ms > 0
    assert second.address == first.address


def test_plain_connection_has_no_tls_time(serve, sender):
    receiver = serve(always(respond()))
    timings = sender.send(receiver.url(), b"{}", {}).timings
    assert timings.connect_ms is not None
    assert timings.tls_ms is None


def test_threads_share_one_sender(serve, make_sender):
    receiver = serve(always(respond()))
    sender = make_sender(per_host=16)
    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(lambda n: sender.send(receiver.url(), b"%d" % n, {}), range(200)))
    assert all(reply.is_success for reply in replies)
    assert sorted(int(request.body) for request in receiver.received) == list(range(200))
    assert receiver.connections <= 16


def test_redirect_is_not_followed(serve, sender):
    elsewhere = serve(always(respond()))
    receiver = serve(always(respond("307 Temporary Redirect", b"", [f"Location: {elsewhere.url()}"])))
    reply = sender.send(receiver.url(), b"{}", {})
    assert (reply.status, reply.error, reply.is_success) == (307, None, False)
    assert reply.headers["Location"] == elsewhere.url()
    assert elsewhere.connections == 0


def test_body_of_a_redirect_is_not_waited_for(serve, make_sender):
    start = b"HTTP/1.1 302 Found\r\nLocation: /other\r\nContent-Length: 1000000\r\n\r\n"
    receiver = serve(dripping(start, iter(lambda: b"x", None)))
    reply = make_sender(total_timeout=5.0).send(receiver.url(), b"{}", {})
    assert (reply.status, reply.error, reply.preview) == (302, None, "")
    assert reply.duration_ms < 2000


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_proxies_in_the_environment_are_ignored(serve, sender, monkeypatch, variable):
    proxy = serve(always(respond("502 Bad Gateway")))
    receiver = serve(always(respond()))
    monkeypatch.setenv(variable, f"http://127.0.0.1:{proxy.port}")
    assert sender.send(receiver.url(), b"{}", {}).status == 200
    assert proxy.connections == 0


def test_https_proxies_in_the_environment_are_ignored(serve, sender, monkeypatch, certified):
    proxy = serve(always(respond("502 Bad Gateway")))
    receiver = serve(always(respond()), certified("hooks.example.test"))
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
    assert sender.send(receiver.url(), b"{}", {}).status == 200
    assert proxy.connections == 0


def test_passwords_of_a_netrc_file_are_not_sent(serve, sender, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine hooks.example.test login dealer password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    receiver = serve(always(respond()))
    sender.send(receiver.url(), b"{}", {})
    assert "authorization" not in receiver.received[0].headers


def test_cookies_are_not_sent_back(serve, sender):
    receiver = serve(always(respond(headers=["Set-Cookie: session=1; Path=/"])))
    for _ in range(2):
        sender.send(receiver.url(), b"{}", {})
    assert "cookie" not in receiver.received[1].headers


def test_preview_is_the_first_4_kib_as_valid_text(serve, sender):
    body = b"a\x00b\x1b[31m\xff\xfe\t\r\n" + b"x" * 9000
    preview = sender.send(serve(always(respond(body=body))).url(), b"{}", {}).preview
    assert preview.startswith("a\ufffdb\ufffd[31m\ufffd\ufffd\t\r\nxxx")
    assert len(preview) == 4096
    assert "\x00" not in preview
    preview.encode()


def test_compressed_answer_is_not_unpacked(serve, sender):
    bomb = b"\x1f\x8b\x08\x00" + b"\x00" * 20
    receiver = serve(always(respond(body=bomb, headers=["Content-Encoding: gzip"])))
    reply = sender.send(receiver.url(), b"{}", {})
    assert reply.is_success
    assert len(reply.preview) == len(bomb)


def test_long_answer_headers_are_cut_to_16_kib(serve, sender):
    receiver = serve(always(respond(headers=[f"X-{n}: {'v' * 3000}" for n in range(20)])))
    headers = sender.send(receiver.url(), b"{}", {}).headers
    assert sum(len(name) + len(value) for name, value in headers.items()) <= 16 * 1024
    assert headers["X-0"] == "v" * 3000


def test_answer_headers_hold_no_control_characters(serve, sender):
    receiver = serve(always(respond(headers=["X-Odd: a\x00b\x1bc", "X-Folded: one\r\n two"])))
    headers = sender.send(receiver.url(), b"{}", {}).headers
    assert headers["X-Odd"] == "a\ufffdb\ufffdc"
    assert headers["X-Folded"] == "one two"


def test_repeated_answer_headers_are_joined(serve, sender):
    receiver = serve(always(respond(headers=["Via: one", "Via: two"])))
    assert sender.send(receiver.url(), b"{}", {}).headers["Via"] == "one, two"


def test_answer_that_ends_with_the_connection_is_complete(serve, sender):
    receiver = serve(once(b"HTTP/1.0 200 OK\r\n\r\nthanks"))
    reply = sender.send(receiver.url(), b"{}", {})
    assert reply.is_success
    assert reply.preview == "thanks"


@pytest.mark.parametrize(
    "interim",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 102 Processing\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n",
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n",
    ],
)
def test_interim_answer_is_skipped(serve, sender, interim):
    receiver = serve(always(interim + respond("201 Created")))
    assert sender.send(receiver.url(), b"{}", {}).status == 201


def test_header_with_a_line_break_is_a_bug_and_raises(serve, sender):
    receiver = serve(always(respond()))
    with pytest.raises(ValueError, match="Invalid header value"):
        sender.send(receiver.url(), b"{}", {"WTH-Event-Type": "a\r\nX-Injected: 1"})
    assert receiver.received == []
