"""The same Idempotency-Key many times at once: one write, one answer."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import Cast
from tests.client import Client, error_of
from tests.handlers.arrivals import until_it_waits
from tests.handlers.database import someone_writes
from tests.hub import Server


@pytest.mark.parametrize("round_number", range(3))
def test_many_at_once_make_exactly_one_order(server: Server, cast: Cast, round_number: int) -> None:
    listing = cast.owner.listing()
    callers = [Client(server.url, cast.owner.test_key) for _ in range(12)]
    with ThreadPoolExecutor(len(callers)) as pool:
        answers = list(pool.map(lambda caller: caller.order(listing.id, key="one"), callers))
    done = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in done}) == 1
    assert sum("Idempotent-Replay" not in answer.headers for answer in done) == 1
    for refused in (answer for answer in answers if answer.status_code != 201):
        assert error_of(refused) == (409, "idempotency_key_in_use", "Idempotency-Key")
        assert refused.headers["Retry-After"] == "1"
    assert len(callers[0].walk("/orders")) == 1


def test_second_call_is_told_while_the_first_still_runs(server: Server, cast: Cast) -> None:
    listing = cast.owner.listing()
    first, second = (Client(server.url, cast.owner.test_key) for _ in range(2))
    assert first.get("/me").ok
    with ThreadPoolExecutor(1) as pool:
        with someone_writes():
            running = pool.submit(first.order, listing.id, key="one")
            until_it_waits(second, spent=1)
            told = second.order(listing.id, key="one")
            assert not running.done()
        assert running.result(15).status_code == 201
    assert error_of(told) == (409, "idempotency_key_in_use", "Idempotency-Key")
    assert told.headers["Retry-After"] == "1"
    assert second.order(listing.id, key="one").headers["Idempotent-Replay"] == "true"
