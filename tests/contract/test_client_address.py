"""Client address behind reverse proxies: the nearest hop that is not trusted, and no text that a client invents."""

import asyncio
from collections.abc import Iterator
from ipaddress import ip_network
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from contract.client_address import ClientAddressMiddleware
from tests.contract.wire import Headers, exchange, request
from tests.hub import Server, serve_app

TRUSTED = [ip_network(text) for text in ("127.0.0.1", "10.0.0.0/8", "2001:db8:ffff::/48")]
SPOOFED = "198.51.100.66"
CLIENT = "203.0.113.7"
PEER = "127.0.0.1"

FORWARDED_FOR = {
    "no header": ([], PEER),
    "one hop": ([CLIENT], CLIENT),
    "spoofed entries on the left": ([f"{SPOOFED}, {SPOOFED}, {CLIENT}"], CLIENT),
    "a trusted address on the left": ([f"10.1.1.1, {CLIENT}"], CLIENT),
    "two trusted proxies": ([f"{SPOOFED}, {CLIENT}, 10.9.8.7"], CLIENT),
    "trusted IPv6 proxy": ([f"{SPOOFED}, {CLIENT}, 2001:db8:ffff::2"], CLIENT),
    "several headers": ([SPOOFED, CLIENT, "10.9.8.7"], CLIENT),
    "all trusted": (["10.0.0.1, 10.0.0.2"], "10.0.0.1"),
    "spaces": ([f"  {SPOOFED} ,\t{CLIENT}  "], CLIENT),
    "no spaces": ([f"{SPOOFED},{CLIENT}"], CLIENT),
    "port": ([f"{SPOOFED}, {CLIENT}:49152"], CLIENT),
    "IPv6": (["2001:db8::7"], "2001:db8::7"),
    "IPv6 in brackets": (["[2001:db8::7]"], "2001:db8::7"),
    "IPv6 with port": (["[2001:db8::7]:443"], "2001:db8::7"),
    "IPv6 in another spelling": (["2001:0DB8:0:0:0:0:0:7"], "2001:db8::7"),
    "mapped IPv4": ([f"::ffff:{CLIENT}"], CLIENT),
    "trusted and mapped": ([f"{CLIENT}, ::ffff:10.0.0.1"], CLIENT),
    "empty": ([""], PEER),
    "empty entries": ([f"{SPOOFED}, {CLIENT}, , "], CLIENT),
    "not an address": (["unknown"], PEER),
    "not an address behind a trusted proxy": ([f"{CLIENT}, unknown, 10.0.0.1"], "10.0.0.1"),
    "HTML": (["<script>alert(1)</script>"], PEER),
    "number": (["3405803783"], PEER),
    "leading zeros": (["203.000.113.007"], PEER),
    "open bracket": (["[2001:db8::7"], PEER),
    "text after the bracket": (["[2001:db8::7]x"], PEER),
    "long port": ([f"{CLIENT}:123456"], PEER),
    "not ASCII": (["٣.٣.٣.٣".encode().decode("latin-1")], PEER),
    "1,000 spoofed hops": ([", ".join([SPOOFED] * 1000 + [CLIENT])], CLIENT),
    "1,000 trusted hops": ([", ".join([SPOOFED] + ["10.0.0.1"] * 1000)], "10.0.0.1"),
}


async def report(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that reports the client that it sees."""
    if scope["type"] == "http":
        client = Request(scope).client
        await PlainTextResponse(f"{client.host if client else None} {scope['scheme']}")(scope, receive, send)


@pytest.fixture(scope="module")
def proxied() -> Iterator[Server]:
    with serve_app(ClientAddressMiddleware(report, TRUSTED)) as server:
        yield server


def seen(server: Server, headers: Headers) -> list[str]:
    return exchange(server, request("GET", "/", headers)).text.split(" ")


@pytest.mark.parametrize(("values", "client"), FORWARDED_FOR.values(), ids=FORWARDED_FOR)
def test_client_is_the_nearest_hop_that_is_not_trusted(proxied: Server, values: list[str], client: str) -> None:
    headers = [("X-Forwarded-For", value) for value in values]
    assert seen(proxied, headers) == [client, "http"]


def test_forwarded_headers_of_an_untrusted_peer_are_ignored() -> None:
    with serve_app(ClientAddressMiddleware(report, [ip_network("10.0.0.0/8")])) as server:
        assert seen(server, [("X-Forwarded-For", CLIENT), ("X-Forwarded-Proto", "https")]) == [PEER, "http"]


@pytest.mark.parametrize(
    ("values", "scheme"),
    [
        (["https"], "https"),
        (["HTTPS"], "https"),
        (["http, https"], "https"),
        (["http", "https"], "https"),
        (["ftp"], "http"),
        (["https://"], "http"),
        ([""], "http"),
    ],
)
def test_scheme_is_that_of_the_nearest_proxy(proxied: Server, values: list[str], scheme: str) -> None:
    assert seen(proxied, [("X-Forwarded-Proto", value) for value in values]) == [PEER, scheme]


@pytest.mark.parametrize("peer", [None, ("", 0), ("/run/proxy.sock", 0)])
def test_peer_without_an_address_is_not_trusted(peer: tuple[str, int] | None) -> None:
    """A Unix socket has no address."""
    seen_scopes: list[Scope] = []

    async def remember(scope: Scope, receive: Receive, send: Send) -> None:
        seen_scopes.append(scope)

    headers = [(b"x-forwarded-for", CLIENT.encode()), (b"x-forwarded-proto", b"https")]
    scope = {"type": "http", "client": peer, "scheme": "http", "headers": headers}
    unused: Any = None
    asyncio.run(ClientAddressMiddleware(remember, TRUSTED)(scope, unused, unused))
    assert [(seen["client"], seen["scheme"]) for seen in seen_scopes] == [(peer, "http")]
