"""Concurrent requests with the same Idempotency-Key: one write, one response."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import Cast
from tests.client import Client, error_of
from tests.handlers.database_conditions import concurrent_writer
from tests.handlers.request_progress import wait_until_received
from tests.hub import Server


@pytest.mark.parametrize("round_number", range(3))
def test_concurrent_requests_create_exactly_one_order(server: Server, cast: Cast, round_number: int) -> None:
    listing = cast.owner.listing()
    callers = [Client(server.url, cast.owner.test_key) for _ in range(12)]
    with ThreadPoolExecutor(len(callers)) as pool:
        responses = list(pool.map(lambda caller: caller.order(listing.id, key="one"), callers))
    done = [response for response in responses if response.status_code == 201]
    assert len({response.content for response in done}) == 1
    assert sum("Idempotent-Replay" not in response.headers for response in done) == 1
    for rejected in (response for response in responses if response.status_code != 201):
        assert error_of(rejected) == (409, "idempotency_key_in_use", "Idempotency-Key")
        assert rejected.headers["Retry-After"] == "1"
    assert len(callers[0].list_all("/orders")) == 1


def test_second_request_is_rejected_while_the_first_is_running(server: Server, cast: Cast) -> None:
    listing = cast.owner.listing()
    first, second = (Client(server.url, cast.owner.test_key) for _ in range(2))
    assert first.get("/me").ok
    with ThreadPoolExecutor(1) as pool:
        with concurrent_writer():
            running = pool.submit(first.order, listing.id, key="one")
            wait_until_received(second, spent=1)
            rejected = second.order(listing.id, key="one")
            assert not running.done()
        assert running.result(15).status_code == 201
    assert error_of(rejected) == (409, "idempotency_key_in_use", "Idempotency-Key")
    assert rejected.headers["Retry-After"] == "1"
    assert second.order(listing.id, key="one").headers["Idempotent-Replay"] == "true"
