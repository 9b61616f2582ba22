"""Stored bytes: a dealer can store so much per day, and no more."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import config
from models.customer import Customer
from models.idempotency import IdempotencyRecord
from tests.client import Client, error_of
from tests.conftest import Clock

pytestmark = pytest.mark.usefixtures("unmetered")
DAY_SECONDS = 24 * 3600


@pytest.fixture(autouse=True)
def one_mib_a_day() -> Iterator[None]:
    default, config.DAILY_WRITES_MIB = config.DAILY_WRITES_MIB, 1
    yield
    config.DAILY_WRITES_MIB = default


def bulk(number: int) -> dict[str, Any]:
    """About 180 kB, and as much in the response."""
    metadata = {f"key {index}": "x" * 490 for index in range(35)}
    return {"customers": [{"external_id": f"{number}-{index}", "metadata": metadata} for index in range(10)]}


def test_writes_beyond_the_daily_limit_are_rejected_and_store_nothing(api: Client, stranger_api: Client) -> None:
    statuses = [api.post("/customers/bulk", bulk(number)).status_code for number in range(4)]
    assert statuses == [200, 200, 429, 429]
    response = api.post("/customers/bulk", bulk(4))
    assert error_of(response) == (429, "too_many_requests", None)
    assert 1 <= int(response.headers["Retry-After"]) <= DAY_SECONDS
    assert "after midnight UTC" in response.json()["error"]["message"]
    assert (Customer.select().count(), IdempotencyRecord.select().count()) == (20, 2)
    assert api.get("/customers").status_code == 200
    assert stranger_api.post("/customers/bulk", bulk(0)).status_code == 200


def test_rejected_write_succeeds_on_the_next_day_with_the_same_key(api: Client, clock: Clock) -> None:
    for number in range(3):
        response = api.post("/customers/bulk", bulk(number), key=f"key {number}")
    assert response.status_code == 429
    clock.forward(int(response.headers["Retry-After"]))
    repeated = api.post("/customers/bulk", bulk(2), key="key 2")
    assert (repeated.status_code, repeated.json()["created"]) == (200, 10)
    assert "Idempotent-Replay" not in repeated.headers


def test_small_writes_fit_into_the_rest_of_the_day(api: Client) -> None:
    statuses = [api.post("/customers/bulk", bulk(number)).status_code for number in range(3)]
    assert statuses[-1] == 429
    assert api.post("/customers", {"email": "small@shop.example"}).status_code == 201


def test_replays_do_not_count(api: Client) -> None:
    assert {api.post("/customers/bulk", bulk(0), key="same").status_code for _ in range(6)} == {200}


def test_parallel_writes_are_counted_exactly(api: Client) -> None:
    with ThreadPoolExecutor(6) as threads:
        responses = threads.map(lambda number: api.post("/customers/bulk", bulk(number)), range(6))
        statuses = Counter(response.status_code for response in responses)
    assert statuses == {200: 2, 429: 4}
