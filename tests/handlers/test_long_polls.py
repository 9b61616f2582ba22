"""Long polls: woken by notification, ended with their client or with the server, bounded per dealer."""

import logging
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import requests

from models.dealer import Dealer
from models.delivery import event_waiters
from models.delivery.event_waiters import MAX_WAITING
from tests.cast import Cast, Person
from tests.client import Client, error_of
from tests.contract.wire import read_response
from tests.hub import Server, serve_app

Polls = list[Future[requests.Response]]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(MAX_WAITING + 1) as executor:
        yield executor


def waiting(person: Person) -> int:
    """Count the waiting requests of a dealer."""
    loops = list(event_waiters.by_loop.values())
    return sum(len(waiters.of_dealer.get(person.dealer.id, ())) for waiters in loops)


def eventually(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def start_polls(server: Server, person: Person, pool: ThreadPoolExecutor, count: int) -> Polls:
    polls = [pool.submit(Client(server.url, person.test_key).get, "/events", wait=30) for _ in range(count)]
    eventually(lambda: waiting(person) == count)
    return polls


def send_poll(server: Server, person: Person, after: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    fields = f"Host: hub.test\r\nAuthorization: Bearer {person.test_key}\r\n"
    connection.sendall(f"GET /api/v1/events?wait=30 HTTP/1.1\r\n{fields}\r\n".encode() + after)
    return connection


def test_change_over_the_api_wakes_the_poll_at_once(
    server: Server, cast: Cast, api: Client, pool: ThreadPoolExecutor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_waiters, "INTERVAL_SECONDS", 60)
    cast.owner.endpoint("http://127.0.0.1:9/")
    [poll] = start_polls(server, cast.owner, pool, 1)
    assert api.post("/test/webhook_ping").status_code in (200, 201, 202)
    assert [event["event"] for event in poll.result(10).json()["data"]] == ["integration.test_event"]


def test_change_of_another_process_wakes_the_poll(server: Server, cast: Cast, pool: ThreadPoolExecutor) -> None:
    """The test changes the database directly, as another process does."""
    polls = start_polls(server, cast.owner, pool, 3)
    cast.owner.listing()
    for poll in polls:
        assert [event["sequence"] for event in poll.result(10).json()["data"]] == [1]


def test_poll_with_a_filter_ignores_events_that_do_not_match(
    server: Server, cast: Cast, pool: ThreadPoolExecutor
) -> None:
    poll = pool.submit(Client(server.url, cast.owner.test_key).get, "/events", wait=30, type="listing.unpublished")
    eventually(lambda: waiting(cast.owner) == 1)
    watch = cast.owner.listing()
    time.sleep(0.3)
    assert not poll.done()
    watch.unpublish(cast.owner.actor())
    assert [event["sequence"] for event in poll.result(10).json()["data"]] == [2]


@pytest.mark.parametrize("after", [b"", b"GET /api/v1/health HTTP/1.1\r\nHost: hub.test\r\n\r\n"], ids=["one", "two"])
def test_poll_ends_when_its_client_disconnects(server: Server, cast: Cast, after: bytes) -> None:
    """Also if another request waits behind it on the same connection."""
    with ExitStack() as stack:
        connections = [stack.enter_context(send_poll(server, cast.owner, after)) for _ in range(5)]
        eventually(lambda: waiting(cast.owner) == 5)
        for connection in connections[:4]:
            connection.close()
        eventually(lambda: waiting(cast.owner) == 1)
    eventually(lambda: waiting(cast.owner) == 0)


def test_surplus_poll_of_a_dealer_is_rejected(
    server: Server, cast: Cast, api: Client, stranger_api: Client, pool: ThreadPoolExecutor
) -> None:
    polls = start_polls(server, cast.owner, pool, MAX_WAITING)
    surplus = api.get("/events", wait=30)
    assert error_of(surplus) == (429, "too_many_requests", None)
    assert surplus.headers["Retry-After"] == "5"
    assert api.get("/events", wait=0).status_code == 200
    assert stranger_api.get("/events", wait=1).status_code == 200
    cast.owner.listing()
    assert all(poll.result(10).json()["data"] for poll in polls)


def test_waiting_polls_share_one_query_per_interval(
    server: Server, cast: Cast, pool: ThreadPoolExecutor, caplog: pytest.LogCaptureFixture
) -> None:
    polls = start_polls(server, cast.owner, pool, MAX_WAITING)
    started = time.monotonic()
    with caplog.at_level(logging.DEBUG, "peewee"):
        time.sleep(0.3)
    assert len(caplog.records) <= 1 + (time.monotonic() - started) / event_waiters.INTERVAL_SECONDS
    cast.owner.listing()
    assert all(poll.result(10).json()["data"] for poll in polls)


def test_poll_survives_an_unexpected_error_of_the_shared_query(
    server: Server,
    cast: Cast,
    pool: ThreadPoolExecutor,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    [poll] = start_polls(server, cast.owner, pool, 1)
    with monkeypatch.context() as damage:
        damage.setattr(Dealer, "sequences", None)
        eventually(lambda: "Newest events could not be read" in caplog.text)
    cast.owner.listing()
    assert [event["sequence"] for event in poll.result(5).json()["data"]] == [1]


def test_pending_poll_gets_its_empty_page_when_the_server_stops(cast: Cast) -> None:
    with ExitStack() as stack:
        with serve_app() as server:
            connection = stack.enter_context(send_poll(server, cast.owner))
            eventually(lambda: waiting(cast.owner) == 1)
            started = time.monotonic()
        response = read_response(connection)
        assert time.monotonic() - started < 5
    assert (response.status_code, response.json()["data"]) == (200, [])
    assert response.headers["Connection"] == "close"
