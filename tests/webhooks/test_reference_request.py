"""Requests are byte-identical to those of `requests.Session.post`, whatever the URL, the headers and the body."""

import socket
from collections.abc import Iterator

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.webhooks.conftest import MakeSender, Serve
from tests.webhooks.raw_server import FakeResolver, RawServer, always, http_response
from webhooks.request import find_destination
from webhooks.send import Sender

HOSTS = (
    "hooks.example.test",
    "hooks.example.test.",
    "HOOKS.Example.Test",
    "münchen-uhren.example",
    "127.0.0.1",
    "[::1]",
)
URL_CHARACTERS = "aZ0-._~!$&'()*+,;=:@/%|^[]{}\"<>`é€"
PATHS = st.text(URL_CHARACTERS, max_size=20)
NAMES = st.text("abcxyz019-_", min_size=1, max_size=10).map(lambda name: f"X-{name}")
VALUES = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), max_size=30)


@pytest.fixture
def raw_server(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> RawServer:
    """A server that every host name leads to, for both clients."""
    resolver = FakeResolver(["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", lambda host, port, *_: resolver(host, port))
    return serve(always(http_response()))


@pytest.fixture
def reference() -> Iterator[requests.Session]:
    """A session without headers of its own."""
    with requests.Session() as session:
        session.headers.clear()
        session.trust_env = False
        yield session


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    host=st.sampled_from(HOSTS),
    path=PATHS,
    query=st.none() | PATHS,
    headers=st.dictionaries(NAMES, VALUES, max_size=5),
    body=st.binary(max_size=300),
)
def test_request_is_that_of_requests(
    raw_server: RawServer,
    reference: requests.Session,
    sender: Sender,
    host: str,
    path: str,
    query: str | None,
    headers: dict[str, str],
    body: bytes,
) -> None:
    url = f"http://{host}:{raw_server.port}/{path}" + ("" if query is None else f"?{query}")
    headers = {"User-Agent": "WatchTraderHub-Webhooks/1.0", **headers}
    response = sender.send(url, body, headers)
    if response.error == "blocked_address":  # the guard rejects the URL
        return
    reference.post(url, data=body, headers=headers, allow_redirects=False)
    sent, expected = raw_server.received
    raw_server.received.clear()
    assert sent == expected


@pytest.mark.parametrize("url", ["https://hooks.example.com/a", "https://hooks.example.com:443/a"])
def test_host_header_has_no_default_port(url: str) -> None:
    first_lines = find_destination(url, allow_private=False).first_lines.split(b"\r\n")
    assert first_lines[:2] == [b"POST /a HTTP/1.1", b"Host: hooks.example.com"]


def test_two_requests_on_one_connection_are_in_step(serve: Serve, make_sender: MakeSender) -> None:
    raw_server = serve(always(http_response()))
    sender = make_sender()
    bodies = [b"", b"{}", b"\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n"]
    for body in bodies:
        assert sender.send(raw_server.url(), body, {}).is_success
    assert [request.body for request in raw_server.received] == bodies
    assert raw_server.connections == 1
