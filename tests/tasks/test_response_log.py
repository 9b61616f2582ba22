"""Limit on the responses in the delivery log: a receiver that always fails cannot fill the disk."""

import pytest

from models.delivery import response_log
from models.delivery.endpoint import Endpoint
from models.delivery.response_log import NOT_KEPT, ResponseLog
from tests.receiver import Receiver
from tests.tasks.conftest import Later
from tests.tasks.traffic import attempts_of, deliveries

DAY_SECONDS = 24 * 3600
BODY = b"x" * 4096


@pytest.fixture(autouse=True)
def small_log(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that keeps two large responses of an endpoint per day."""
    monkeypatch.setattr(response_log, "MAX_BYTES_PER_DAY", 9_000)
    monkeypatch.setattr("models.delivery.results.response_log", ResponseLog())


def test_responses_beyond_the_limit_of_the_day_are_not_kept(
    endpoint: Endpoint, receiver: Receiver, later: Later
) -> None:
    receiver.respond = lambda _: (500, {}, BODY)
    for _ in range(3):
        later(331)
    [delivery] = deliveries(endpoint)
    assert [attempt["response_preview"] for attempt in attempts_of(delivery)] == [BODY.decode()] * 2 + [NOT_KEPT]
    assert [attempt["status"] for attempt in attempts_of(delivery)] == [500] * 3
    assert attempts_of(delivery)[2]["response_headers"] == {}
    later(2 * DAY_SECONDS)
    assert attempts_of(delivery)[3]["response_preview"] == BODY.decode()


def test_small_responses_beside_large_ones_are_kept(endpoint: Endpoint, receiver: Receiver, later: Later) -> None:
    bodies = {"1": BODY, "2": BODY, "3": b"short"}
    receiver.respond = lambda delivered: (500, {}, bodies[delivered.headers["WTH-Delivery-Attempt"]])
    for _ in range(3):
        later(331)
    assert attempts_of(deliveries(endpoint)[0])[2]["response_preview"] == "short"
