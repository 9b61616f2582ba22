"""Connections that send slowly, send too much, or read nothing."""

import selectors
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest

from tests.attack.arena import ATTACKER, Arena, Attack, yield_cpu_time
from tests.attack.raw_http import Headers, connect, exchange, head, read_all, request, status_of

JSON: Headers = [("Host", "hub.test"), ("Content-Type", "application/json"), ("Idempotency-Key", "attack")]
HALF_HEAD = b"GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\nX-Slow: "
FORM: Headers = [("Host", "hub.test"), ("Content-Type", "application/x-www-form-urlencoded")]
MIB = 2**20
FIELD = b"a=" + b"x" * (MIB - 100) + b"&"  # as long as parsers accept


@contextmanager
def held(
    arena: Arena, attack: Attack, count: int, first: bytes, *, addresses: int = 1, **options: Any
) -> Iterator[list[socket.socket]]:
    """Open connections from one or several addresses, send the same bytes on each, and hold them for the block."""

    def open_next(number: int) -> None:
        attack.count()
        with suppress(OSError):
            address = f"127.0.1.{number % addresses + 1}" if addresses > 1 else ATTACKER
            connection = stack.enter_context(connect(arena.port, address, timeout=5, **options))
            opened.append(connection)
            connection.sendall(first)

    with ExitStack() as stack, ThreadPoolExecutor(32, initializer=yield_cpu_time) as pool:
        opened: list[socket.socket] = []
        list(pool.map(open_next, range(count)))
        yield opened


@pytest.mark.parametrize("addresses", [1, 20])
def test_half_sent_heads(arena: Arena, addresses: int) -> None:
    name = f"1,200 half-sent heads of {addresses} addresses"
    with arena.attack(name, seconds=8) as attack, held(arena, attack, 1200, HALF_HEAD, addresses=addresses):
        attack.wait()


def test_idle_connections(arena: Arena) -> None:
    sent = b"GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\n\r\n"
    name = "1,200 idle connections of 20 addresses"
    with arena.attack(name, seconds=8) as attack, held(arena, attack, 1200, sent, addresses=20):
        attack.wait()


@pytest.mark.parametrize("path", ["/sign-in", "/inventory/import"])
def test_stalled_forms(arena: Arena, path: str) -> None:
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in arena.browser.session.cookies)
    signed_in: Headers = [("Cookie", cookie)] if path != "/sign-in" else []
    sent = head("POST", path, [*FORM, *signed_in, ("Content-Length", str(16 * MIB))]) + FIELD * 15
    with arena.attack(f"30 stalled forms to {path}", seconds=8) as attack, held(arena, attack, 30, sent):
        attack.wait()


def test_bodies_that_trickle(arena: Arena) -> None:
    key = ("Authorization", f"Bearer {arena.attacker.test_key}")
    sent = head("POST", "/api/v1/orders", [*JSON, key, ("Content-Length", str(MIB))]) + b'{"a":'
    with arena.attack("900 bodies that trickle", seconds=8) as attack, held(arena, attack, 900, sent) as connections:
        while not attack.is_over:
            for connection in connections:
                with suppress(OSError):
                    connection.sendall(b" ")
            time.sleep(1)


@pytest.mark.parametrize("has_key", [False, True])
def test_endless_trailers(arena: Arena, has_key: bool) -> None:
    key: Headers = [("Authorization", f"Bearer {arena.attacker.test_key}")] if has_key else []
    start = head("POST", "/api/v1/orders", [*JSON, *key, ("Transfer-Encoding", "chunked")]) + b"2\r\n{}\r\n0\r\n"
    sent = start + b"".join(b"X-%07d: %b\r\n" % (number, b"y" * 84) for number in range(400_000))  # 40 MB
    with arena.attack(f"trailers of 40 MB {'with' if has_key else 'without'} a key") as attack:
        attack.repeat(lambda: status_of(exchange(arena.port, ATTACKER, sent)), threads=2)


def test_readers_that_do_not_read(arena: Arena) -> None:
    sent = head("GET", "/api/v1/openapi.json", [("Host", "hub.test")]) * 200
    name = "300 readers that do not read"
    with arena.attack(name, seconds=8) as attack, held(arena, attack, 300, sent, receive_buffer=2048):
        attack.wait()


def test_body_behind_an_upgrade_is_one_request(arena: Arena) -> None:
    key: Headers = [("Authorization", f"Bearer {arena.attacker.test_key}"), ("Host", "hub.test")]
    smuggled = head("GET", "/api/v1/me", key)
    upgrade: Headers = [("Connection", "Upgrade, HTTP2-Settings"), ("Upgrade", "h2c"), ("HTTP2-Settings", "AAMAAABk")]
    first = head("POST", "/api/v1/customers", [*key, *JSON[1:], *upgrade, ("Content-Length", str(len(smuggled)))])
    responses: list[bytes] = []

    def send() -> int:
        with connect(arena.port, ATTACKER, timeout=0.5) as connection:
            connection.sendall(first)
            time.sleep(0.05)
            connection.sendall(smuggled)
            responses.append(read_all(connection))
        return status_of(responses[-1])

    with arena.attack("bodies behind Upgrade: h2c", seconds=4) as attack:
        attack.repeat(send, threads=4)
    assert {response.count(b"HTTP/1.1 ") for response in responses} == {1}
    assert b"inventory_limit" not in b"".join(responses)


def test_flood_of_unchanged_reads(arena: Arena) -> None:
    path = f"/listings/{arena.attacker.listing().id}"
    etag = arena.client().get(path).headers["ETag"]
    key: Headers = [("Authorization", f"Bearer {arena.attacker.test_key}"), ("Host", "hub.test")]
    sent = head("GET", f"/api/v1{path}", [*key, ("If-None-Match", etag)])

    def send() -> None:
        with connect(arena.port, ATTACKER) as connection:
            while not attack.is_over:
                connection.sendall(sent)
                connection.recv(65536)
                attack.count()

    with arena.attack("304 flood on 8 connections") as attack:
        attack.repeat(send, threads=8)


def test_flood_of_requests_without_a_key(arena: Arena) -> None:
    sent = request("GET", "/api/v1/me", [("Authorization", "Bearer wth_" + "x" * 32)])
    with arena.attack("flood of wrong keys on 8 connections") as attack:
        attack.repeat(lambda: status_of(exchange(arena.port, ATTACKER, sent)), threads=8)
    assert set(attack.statuses) <= {401, 429, 503, 0}


def test_nothing(arena: Arena) -> None:
    """What the bystander measures without an attack, on the same machine."""
    with arena.attack("nothing"):
        pass


CHEAP = {
    "404": ("/api/v1/nothing", []),
    "health": ("/api/v1/health", []),
    "missing page": ("/nothing", []),
    "sign-in page": ("/sign-in", []),
    "page of a user": ("/orders", None),
    "no key": ("/api/v1/me", []),
    "wrong key": ("/api/v1/me", [("Authorization", "Bearer wth_" + "x" * 32)]),
    "key over its limit": ("/api/v1/me", None),
}


@pytest.mark.parametrize("name", CHEAP)
def test_flood_of_cheap_requests(arena: Arena, name: str) -> None:
    """On each of 200 connections, the next request follows at once."""
    path, headers = CHEAP[name]
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in arena.browser.session.cookies)
    own: Headers = [("Authorization", f"Bearer {arena.attacker.test_key}"), ("Cookie", cookie)]
    key = own if headers is None else headers
    sent = head("GET", path, [("Host", "hub.test"), *key]) * 4
    with (
        arena.attack(f"flood on 200 connections: {name}") as attack,
        held(arena, attack, 200, sent) as connections,
        selectors.DefaultSelector() as selector,
    ):
        for connection in connections:
            selector.register(connection, selectors.EVENT_READ)
        while not attack.is_over:
            for ready, _ in selector.select(0.1):
                send_next_requests(attack, ready.fileobj, sent)


def send_next_requests(attack: Attack, connection: Any, sent: bytes) -> None:
    with suppress(OSError):
        for _ in range(connection.recv(65536).count(b"HTTP/1.1 ")):
            connection.sendall(sent[: len(sent) // 4])
            attack.count()
