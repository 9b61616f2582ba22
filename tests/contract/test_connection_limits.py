"""Connection limits: a client that opens many connections cannot keep others out."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from ipaddress import ip_network

import pytest

from contract.connection_limits import ConnectionLimits, ConnectionTable
from tests.cast import Cast
from tests.client import Client, error_of
from tests.contract.wire import read_response
from tests.handlers.request_progress import wait_until_received
from tests.handlers.source_address import client_from
from tests.hub import Server, serve_app

ATTACKER, PROXY = "127.0.0.66", "127.0.0.77"
LIMITS = ConnectionLimits(total=40, per_client=10, trusted=(ip_network(f"{PROXY}/32"),))
HALF_A_HEAD = b"GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\n"
HEALTH = HALF_A_HEAD + b"\r\n"


@pytest.fixture(scope="module")
def limited() -> Iterator[Server]:
    with serve_app(limits=LIMITS) as server:
        yield server


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def open_connections(server: Server, opened: ExitStack, count: int, data: bytes, address: str) -> list[socket.socket]:
    connections = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", server.port), 5, source_address=(address, 0))
        connections.append(opened.enter_context(connection))
        connection.sendall(data)
    return connections


def is_open(connection: socket.socket) -> bool:
    connection.setblocking(False)
    try:
        return connection.recv(1) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False
    finally:
        connection.settimeout(5)


def long_poll(cast: Cast) -> bytes:
    fields = f"Host: hub.test\r\nAuthorization: Bearer {cast.owner.test_key}\r\n"
    return f"GET /api/v1/events?wait=30 HTTP/1.1\r\n{fields}\r\n".encode()


@pytest.mark.parametrize("data", [b"", HALF_A_HEAD], ids=["silent", "half a head"])
def test_many_waiting_connections_of_one_address_close_its_oldest(
    limited: Server, opened: ExitStack, data: bytes
) -> None:
    other = open_connections(limited, opened, 1, HALF_A_HEAD, "127.0.0.1")[0]
    connections = open_connections(limited, opened, 60, data, ATTACKER)
    assert client_from(limited, None, ATTACKER).get("/health").status_code == 200
    assert not any(is_open(connection) for connection in connections[:50])
    assert sum(is_open(connection) for connection in connections) == LIMITS.per_client - 1
    assert is_open(other)


def test_waiting_connections_of_many_addresses_close_the_oldest(limited: Server, opened: ExitStack) -> None:
    connections = [
        connection
        for host in range(100, 112)
        for connection in open_connections(limited, opened, 9, HALF_A_HEAD, f"127.0.1.{host}")
    ]
    for _ in range(5):
        assert client_from(limited, None, "127.0.0.2").get("/health").status_code == 200
    assert not any(is_open(connection) for connection in connections[:60])
    assert sum(is_open(connection) for connection in connections) <= LIMITS.total


def test_connection_over_the_limit_is_rejected_while_the_others_are_in_use(
    limited: Server, cast: Cast, opened: ExitStack
) -> None:
    polls = open_connections(limited, opened, LIMITS.per_client, long_poll(cast), ATTACKER)
    wait_until_received(Client(limited.url, cast.owner.test_key), spent=LIMITS.per_client - 1)
    [surplus] = open_connections(limited, opened, 1, b"", ATTACKER)
    response = read_response(surplus)
    assert error_of(response) == (503, "service_unavailable", None)
    assert (response.headers["Connection"], response.headers["Retry-After"]) == ("close", "2")
    assert client_from(limited, None, "127.0.0.2").get("/health").status_code == 200
    assert all(is_open(poll) for poll in polls)


def test_trusted_proxy_may_open_more_connections_than_one_client(limited: Server, opened: ExitStack) -> None:
    connections = open_connections(limited, opened, 30, HALF_A_HEAD, PROXY)
    assert client_from(limited, None, PROXY).get("/health").status_code == 200
    assert all(is_open(connection) for connection in connections)


def test_idle_connection_is_closed_before_one_that_is_in_use(limited: Server, cast: Cast, opened: ExitStack) -> None:
    [poll] = open_connections(limited, opened, 1, long_poll(cast), "127.0.0.3")
    [idle] = open_connections(limited, opened, 1, HEALTH, "127.0.0.3")
    assert read_response(idle).status_code == 200
    for newer in open_connections(limited, opened, LIMITS.per_client - 1, HEALTH, "127.0.0.3"):
        assert read_response(newer).status_code == 200
    assert client_from(limited, None, "127.0.0.3").get("/health").status_code == 200
    assert (is_open(poll), is_open(idle)) == (True, False)


class Idle:
    """A connection that is never closed."""

    def enforce_deadlines(self, now: float) -> None:
        raise AssertionError("no deadline is checked here")

    def evict(self) -> None:
        pass


@pytest.mark.parametrize(
    ("first", "second", "is_one_client"),
    [
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", True),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2%eth0", True),
    ],
)
def test_addresses_that_count_as_one_client(first: str, second: str, is_one_client: bool) -> None:
    table = ConnectionTable(ConnectionLimits(per_client=1))
    one, two = Idle(), Idle()
    assert table.admit(one, first)
    table.waiting.clear()
    assert table.admit(two, second) is not is_one_client
