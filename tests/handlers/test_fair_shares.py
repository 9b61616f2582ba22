"""Fair shares of the request threads: blocked writes hold up their own dealer only."""

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager

import pytest
from requests import Response

import config
from models import call_queue, thread_pool, write
from tests.cast import Cast
from tests.client import Client, error_of
from tests.handlers.database_conditions import concurrent_writer
from tests.hub import Server

BLOCKED = 20  # more writes than the hub has threads
CUSTOMER = {"email": "buyer@shop.example"}

Writes = list["Future[Response]"]


@contextmanager
def blocked_writes(server: Server, cast: Cast, count: int = BLOCKED) -> Iterator[Writes]:
    """Send writes of the owner, which wait for a lock until the block ends."""
    with ThreadPoolExecutor(count) as clients, concurrent_writer(cast.owner.dealer.id):
        yield [
            clients.submit(Client(server.url, cast.owner.test_key).post, "/customers", CUSTOMER) for _ in range(count)
        ]


def statuses(writes: Writes) -> set[int]:
    return {call.result().status_code for call in writes}


def test_blocked_writes_of_one_dealer_leave_threads_for_others(
    server: Server, cast: Cast, stranger_api: Client
) -> None:
    stranger_api.get("/me")
    with blocked_writes(server, cast) as writes:
        time.sleep(0.3)
        started = time.monotonic()
        assert stranger_api.get("/listings").status_code == 200
        if not config.is_sqlite():  # SQLite has one writer
            assert stranger_api.post("/customers", CUSTOMER).status_code == 201
        assert time.monotonic() - started < 1
        assert not any(call.done() for call in writes)
    assert statuses(writes) == {200, 201}


def test_request_that_waits_too_long_for_a_thread_is_rejected(
    server: Server, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_queue, "MAX_WAIT_SECONDS", 0.2)
    with blocked_writes(server, cast) as writes:
        rejected = [call.result() for call in wait(writes, 10, FIRST_COMPLETED).done]
        assert {error_of(response) for response in rejected} == {(503, "service_unavailable", None)}
        assert {response.headers["Retry-After"] for response in rejected} == {"2"}
    assert statuses(writes) - {200} == {201, 503}  # 200 if a second write had a thread: the customer existed then


def test_requests_beyond_the_queue_of_a_dealer_are_rejected_at_once(
    server: Server, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = thread_pool.HANDLERS.waiting if write.GROUP is None else write.GROUP.waiting
    monkeypatch.setattr(queue, "max_waiting", 2)
    with blocked_writes(server, cast) as writes:
        rejected = [call.result() for call in wait(writes, 10, FIRST_COMPLETED).done]
        assert {error_of(response) for response in rejected} == {(503, "service_unavailable", None)}
    assert statuses(writes) == {200, 201, 503}
