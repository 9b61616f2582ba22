"""Connection reuse, and when a body is sent a second time."""

import ssl
from collections.abc import Callable

import pytest

from tests.webhooks.conftest import MakeContext, MakeSender, Serve
from tests.webhooks.raw_server import FakeResolver, Peer, Script, always, http_response
from webhooks.send import Sender


def closing_after(count: int) -> Script:
    """Respond to that many requests per connection, then read one more and close."""

    def script(peer: Peer) -> None:
        for _ in range(count):
            if peer.next_request() is None:
                return
            peer.send(http_response())
        peer.next_request()

    return script


@pytest.fixture(params=["plain", "tls"])
def tls(request: pytest.FixtureRequest, server_context: MakeContext) -> ssl.SSLContext | None:
    return server_context("hooks.example.test") if request.param == "tls" else None


def test_closed_reused_connection_is_replaced_and_the_body_sent_again(
    serve: Serve, sender: Sender, tls: ssl.SSLContext | None
) -> None:
    server = serve(closing_after(1), tls)
    responses = [sender.send(server.url(), b"%d" % n, {"WTH-Delivery-Id": f"dlv_{n}"}) for n in range(2)]
    assert [response.is_success for response in responses] == [True, True]
    assert [request.body for request in server.received] == [b"0", b"1", b"1"]
    assert server.received[1].header_lines == server.received[2].header_lines
    assert server.connections == 2
    assert responses[1].timings.connect_ms is not None


def test_body_is_sent_again_only_once(serve: Serve, sender: Sender) -> None:
    counts = iter([1, 0, 0, 0])
    server = serve(lambda peer: closing_after(next(counts))(peer))
    sender.send(server.url(), b"0", {})
    response = sender.send(server.url(), b"1", {})
    assert (response.status, response.error) == (None, "protocol")
    assert [request.body for request in server.received] == [b"0", b"1", b"1"]


def test_body_is_not_sent_again_when_a_new_connection_closes(serve: Serve, sender: Sender) -> None:
    server = serve(closing_after(0))
    assert sender.send(server.url(), b"0", {}).error == "protocol"
    assert len(server.received) == 1


def test_body_is_not_sent_again_when_a_response_had_begun(serve: Serve, sender: Sender) -> None:
    def script(peer: Peer) -> None:
        peer.next_request()
        peer.send(http_response())
        peer.next_request()
        peer.send(b"HTTP/1.1 2")

    server = serve(script)
    sender.send(server.url(), b"0", {})
    assert sender.send(server.url(), b"1", {}).error == "protocol"
    assert len(server.received) == 2


def test_body_is_not_sent_again_after_a_timeout(serve: Serve, make_sender: MakeSender) -> None:
    def script(peer: Peer) -> None:
        peer.next_request()
        peer.send(http_response())
        peer.next_request()
        peer.idle()

    server = serve(script)
    sender = make_sender(total_timeout=0.3)
    sender.send(server.url(), b"0", {})
    assert sender.send(server.url(), b"1", {}).error == "timeout"
    assert len(server.received) == 2


def test_connection_that_was_idle_too_long_is_replaced(serve: Serve, make_sender: MakeSender) -> None:
    server = serve(always(http_response()))
    sender = make_sender(max_idle=0.0)
    assert all(sender.send(server.url(), b"{}", {}).is_success for _ in range(3))
    assert server.connections == 3


def test_connection_is_reused_after_an_error_status(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response("503 Busy", b"later")))
    for _ in range(3):
        sender.send(server.url(), b"{}", {})
    assert server.connections == 1


def test_leftover_bytes_never_become_the_next_response(serve: Serve, sender: Sender) -> None:
    server = serve(always(http_response("200 OK") + http_response("201 Smuggled")))
    assert [sender.send(server.url(), b"{}", {}).status for _ in range(3)] == [200, 200, 200]


def test_host_header_and_sni_keep_the_name_while_the_checked_address_is_used(
    serve: Serve, make_sender: MakeSender, server_context: MakeContext
) -> None:
    resolver = FakeResolver(["127.0.0.1"])
    server = serve(always(http_response()), server_context("hooks.example.test"))
    response = make_sender(resolver=resolver).send(server.url(), b"{}", {})
    assert response.address == f"127.0.0.1:{server.port}"
    assert server.server_names == ["hooks.example.test"]
    assert server.received[0].headers["host"] == f"hooks.example.test:{server.port}"
    assert resolver.lookups == [("hooks.example.test", server.port)]


def test_trailing_dot_is_sent_to_dns_only(serve: Serve, make_sender: MakeSender, server_context: MakeContext) -> None:
    resolver = FakeResolver(["127.0.0.1"])
    server = serve(always(http_response()), server_context("hooks.example.test"))
    assert make_sender(resolver=resolver).send(server.url(host="hooks.example.test."), b"{}", {}).is_success
    assert server.server_names == ["hooks.example.test"]
    assert resolver.lookups == [("hooks.example.test.", server.port)]


def test_name_with_umlauts_is_sent_as_punycode(
    serve: Serve, make_sender: MakeSender, server_context: MakeContext
) -> None:
    server = serve(always(http_response()), server_context("xn--mnchen-uhren-dlb.example"))
    response = make_sender().send(server.url(host="münchen-uhren.example"), b"{}", {})
    assert response.is_success
    assert server.server_names == ["xn--mnchen-uhren-dlb.example"]


def test_sender_adds_no_authorities_to_its_context(
    serve: Serve, make_sender: MakeSender, server_context: MakeContext, client_context: Callable[[], ssl.SSLContext]
) -> None:
    context = client_context()
    before = context.cert_store_stats()
    server = serve(always(http_response()), server_context("hooks.example.test"))
    assert make_sender(ssl_context=context).send(server.url(), b"{}", {}).is_success
    assert context.cert_store_stats() == before
