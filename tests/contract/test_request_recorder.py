"""The recorder: requests wait within bounds, a stop writes them, and an outage loses them without a delay."""

import asyncio

import pytest

from contract import request_recorder
from contract.request_recorder import MAX_WAITING, RequestRecorder
from models.request_log.recorded_request import RecordedRequest
from models.request_log.request_batch import RequestLogUsage
from tests.cast import Cast
from tests.client import Client
from tests.handlers.database_conditions import request_log_in_use
from tests.hub import serve_app
from tests.request_log import record, requests_of


def add_all(requests: list[RecordedRequest]) -> int:
    """Add requests to a recorder at once, then stop it. Returns how many it dropped."""
    dropped: list[int] = []

    async def run() -> None:
        recorder = RequestRecorder(dropped.append)
        for request in requests:
            recorder.add(request)
        await recorder.stop()

    asyncio.run(run())
    return sum(dropped)


def dropped_counts() -> list[int]:
    return [usage.dropped_count for usage in RequestLogUsage.select().order_by(RequestLogUsage.dropped_count)]


def test_requests_beyond_a_dealers_share_are_dropped_and_counted(cast: Cast) -> None:
    mine = [record(cast.owner, status=200 + number % 100) for number in range(MAX_WAITING * 2)]
    dropped = add_all([*mine, record(cast.stranger)])
    assert dropped > 0
    assert len(requests_of(cast.owner)) == len(mine) - dropped
    assert len(requests_of(cast.stranger)) == 1


@pytest.fixture
def few_may_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_recorder, "EARLY_COUNT", 1000)
    monkeypatch.setattr(request_recorder, "MAX_WAITING", 10)
    monkeypatch.setattr(request_recorder, "MAX_WAITING_BYTES", 100_000)


def test_dropped_requests_are_counted_for_their_dealer(cast: Cast, few_may_wait: None) -> None:
    owned, strange = [record(cast.owner)] * 7, [record(cast.stranger)] * 5
    assert add_all([*owned, *strange]) == 2
    assert len(requests_of(cast.owner)) == len(requests_of(cast.stranger)) == 5
    assert dropped_counts() == [0, 2]


def test_large_bodies_do_not_fill_the_memory(cast: Cast, few_may_wait: None) -> None:
    assert add_all([record(cast.owner, request_body=b"x" * 40_000)] * 4) == 2


def test_stop_waits_for_a_database_that_hangs_only_for_a_moment(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(request_recorder, "STOP_SECONDS", 0.1)
    with request_log_in_use():
        add_all([record(cast.owner)])
    assert "the database did not respond before the stop" in caplog.text


def test_hub_responds_while_the_log_cannot_be_written(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_recorder, "STOP_SECONDS", 0.1)
    with request_log_in_use(), serve_app() as server:
        for _ in range(3):
            assert Client(server.url, cast.owner.test_key).get("/me").ok
    assert len(requests_of(cast.owner)) in (0, 3)
