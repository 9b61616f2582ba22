"""Request slots: a client with many connections has a few requests at a time in front of everybody else's."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from ipaddress import ip_network

import pytest
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import Receive, Scope, Send

from contract.connection_limits import ConnectionLimits
from models.thread_pool import run_in_thread
from tests.cast import Cast
from tests.contract.wire import read_response
from tests.handlers.source_address import client_from
from tests.hub import Server, serve_app

ATTACKER, OTHER, PROXY = "127.0.0.66", "127.0.0.67", "127.0.0.77"
SLOTS = 3
LIMITS = ConnectionLimits(running_per_client=SLOTS, trusted=(ip_network(f"{PROXY}/32"),))
LARGE = "x" * 2**20


@dataclass
class Application:
    """Counts what it is asked for. `/held` waits for `is_released`, `/thread` does on a dealer's thread, and
    `/body` waits for the rest of its body.
    """

    started: list[str] = field(default_factory=list)
    is_released: bool = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        self.started.append(scope["path"])
        if scope["path"] == "/thread":
            await run_in_thread(self._wait_on_thread, dealer_id="dlr_1")
        while scope["path"] == "/body" and (await receive())["more_body"]:
            pass
        while scope["path"] == "/held" and not self.is_released:
            await asyncio.sleep(0.005)
        if scope["path"] == "/stream":
            await StreamingResponse(LARGE for _ in range(50))(scope, receive, send)
            return
        await PlainTextResponse(LARGE if scope["path"] == "/large" else "served")(scope, receive, send)

    def _wait_on_thread(self) -> None:
        while not self.is_released:
            time.sleep(0.005)

    def wait_for(self, count: int) -> None:
        """Wait until that many requests have started, and a little longer for those that should not."""
        deadline = time.monotonic() + 5
        while len(self.started) < count and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(0.1)
        assert len(self.started) == count


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def limited(application: Application) -> Iterator[Server]:
    with serve_app(application, limits=LIMITS) as server:
        yield server
        application.is_released = True


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def send(server: Server, opened: ExitStack, path: str, address: str, header: str = "Accept: */*") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), 5, source_address=(address, 0))
    opened.enter_context(connection)
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: hub.test\r\n{header}\r\n\r\n".encode())
    return connection


def test_requests_beyond_the_slots_of_a_client_wait_for_its_others(
    limited: Server, application: Application, opened: ExitStack
) -> None:
    held = [send(limited, opened, "/held", ATTACKER) for _ in range(SLOTS + 5)]
    application.wait_for(SLOTS)
    assert read_response(send(limited, opened, "/other", OTHER)).text == "served"
    application.is_released = True
    assert [read_response(connection).text for connection in held] == ["served"] * len(held)


def test_request_that_waits_and_loses_its_connection_is_not_served(
    limited: Server, application: Application, opened: ExitStack
) -> None:
    held = [send(limited, opened, "/held", ATTACKER) for _ in range(SLOTS)]
    application.wait_for(SLOTS)
    for _ in range(5):
        send(limited, opened, "/gone", ATTACKER).close()
    last = send(limited, opened, "/last", ATTACKER)
    time.sleep(0.1)
    application.is_released = True
    assert [read_response(connection).text for connection in (*held, last)] == ["served"] * (SLOTS + 1)
    assert "/gone" not in application.started


def test_clients_behind_a_trusted_proxy_have_slots_of_their_own(
    limited: Server, application: Application, opened: ExitStack
) -> None:
    for _ in range(SLOTS + 5):
        send(limited, opened, "/held", PROXY, "X-Forwarded-For: 203.0.113.1")
    application.wait_for(SLOTS)
    other = send(limited, opened, "/other", PROXY, "X-Forwarded-For: 203.0.113.2")
    assert read_response(other).text == "served"


def test_client_cannot_invent_an_address_to_get_more_slots(
    limited: Server, application: Application, opened: ExitStack
) -> None:
    for number in range(SLOTS + 5):
        send(limited, opened, "/held", ATTACKER, f"X-Forwarded-For: 203.0.113.{number}")
    application.wait_for(SLOTS)


def test_work_that_waits_on_a_thread_of_its_dealer_needs_no_slot(
    limited: Server, application: Application, opened: ExitStack
) -> None:
    """So dealers who share an address, for example behind a proxy that is not trusted, do not block each other."""
    for _ in range(SLOTS + 5):
        send(limited, opened, "/thread", ATTACKER)
    application.wait_for(SLOTS + 5)
    assert read_response(send(limited, opened, "/other", ATTACKER)).text == "served"


def test_request_that_waits_for_its_body_needs_no_slot(
    limited: Server, application: Application, opened: ExitStack
) -> None:
    slow = [send(limited, opened, "/body", ATTACKER, "Content-Length: 2") for _ in range(SLOTS + 5)]
    application.wait_for(SLOTS + 5)
    assert read_response(send(limited, opened, "/other", ATTACKER)).text == "served"
    for connection in slow:
        connection.sendall(b"{}")
    assert [read_response(connection).text for connection in slow] == ["served"] * len(slow)


def test_response_that_waits_for_its_reader_needs_no_slot(
    limited: Server, application: Application, opened: ExitStack
) -> None:
    for _ in range(SLOTS + 5):
        send(limited, opened, "/stream", ATTACKER)
    application.wait_for(SLOTS + 5)
    assert read_response(send(limited, opened, "/other", ATTACKER)).text == "served"


def test_long_polls_need_no_slot(cast: Cast, opened: ExitStack) -> None:
    key = f"Authorization: Bearer {cast.owner.test_key}"
    with serve_app(limits=LIMITS) as server:
        for _ in range(SLOTS + 5):
            send(server, opened, "/api/v1/events?wait=30", ATTACKER, key)
        api = client_from(server, cast.owner.test_key, ATTACKER)
        assert [api.get("/me").status_code for _ in range(SLOTS)] == [200] * SLOTS
        opened.close()


def test_pipelined_requests_are_served_as_fast_as_the_client_reads(limited: Server, application: Application) -> None:
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(5)
        connection.connect(("127.0.0.1", limited.port))
        connection.sendall(b"GET /large HTTP/1.1\r\nHost: hub.test\r\n\r\n" * 10)
        time.sleep(0.2)
        assert 1 <= len(application.started) <= 6  # the kernel buffers a few
        received = 0
        while received < 10 * len(LARGE):
            received += len(connection.recv(2**20))
    assert len(application.started) == 10
