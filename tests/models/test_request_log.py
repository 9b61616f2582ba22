"""Retention and search of the API request log."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import config
from errors import NotFound
from models.clock import now
from models.database import connection
from models.dealer import Actor, Dealer
from models.request_log import retention
from models.request_log.batch_writer import write_requests
from models.request_log.logged_request import LoggedRequest
from models.request_log.request_batch import RequestBatch, RequestLogUsage
from models.search import api_requests
from models.search.api_requests import search_requests
from tests.cast import Cast
from tests.conftest import Clock
from tests.request_log import record, requests_of, write

DAY_SECONDS = 24 * 3600


def byte_count(cast: Cast) -> int:
    return RequestLogUsage.get(RequestLogUsage.dealer == cast.owner.dealer).byte_count


def statuses(dealer: Dealer, *, is_test: bool = True, **filters: object) -> list[int]:
    return [request.status for request in search_requests(Actor(dealer, is_test, "dashboard"), filters).rows]


def test_requests_are_kept_for_14_days(cast: Cast, clock: Clock) -> None:
    write(record(cast.owner), record(cast.owner, request_body=b"{}"))
    clock.forward(14 * DAY_SECONDS - 10)
    assert retention.delete_old_requests(now()) == 0
    write(record(cast.owner))
    clock.forward(20)
    assert retention.delete_old_requests(now()) == 2
    assert len(requests_of(cast.owner)) == 1
    assert byte_count(cast) == RequestBatch.get().size


def test_oldest_requests_make_space_for_newer_ones(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "REQUEST_LOG_MIB", 1)
    for status in range(200, 350):
        clock.forward(1)
        write(record(cast.owner, status=status, request_body=b"x" * 8192))
    write(record(cast.stranger))
    assert retention.delete_excess_requests() > 0
    kept = [request.status for request in requests_of(cast.owner)]
    assert kept == list(range(350 - len(kept), 350))
    assert 2**20 * 0.5 < byte_count(cast) <= 2**20
    assert len(requests_of(cast.stranger)) == 1
    assert retention.delete_excess_requests() == 0


def test_erasure_that_was_interrupted_is_completed(cast: Cast) -> None:
    write(record(cast.owner, request_body=b"{}"), record(cast.stranger, request_body=b"{}"))
    retention.mark_erased(cast.owner.actor(), now())
    assert retention.delete_all_marked_contents() == 1
    assert [request.content(cast.owner.dealer) for request in requests_of(cast.owner)] == [None]
    assert requests_of(cast.stranger)[0].content(cast.stranger.dealer) is not None


def test_search_finds_by_each_filter(cast: Cast, clock: Clock) -> None:
    dealer = cast.owner.dealer
    write(record(cast.owner, status=200))
    clock.forward(60)
    middle = now()
    error = b'{"error": {"code": "listing_not_found"}}'
    write(
        record(cast.owner, status=404, path="/api/v1/listings/inv_1", operation="getListing", response_body=error),
        record(cast.owner, status=201, method="POST", is_test=False, address="192.0.2.7"),
        record(cast.stranger, status=500),
    )
    assert (statuses(dealer), statuses(dealer, is_test=False)) == ([404, 200], [201])
    assert statuses(dealer, status="errors") == statuses(dealer, status="4xx") == statuses(dealer, q="404") == [404]
    assert statuses(dealer, status="5xx") == []
    assert statuses(dealer, is_test=False, method="POST") == statuses(dealer, is_test=False, q="192.0.2") == [201]
    assert statuses(dealer, operation="getListing") == statuses(dealer, q="LISTING_NOT") == [404]
    assert statuses(dealer, q="inv_1") == statuses(dealer, q="/listings/ getlisting") == [404]
    assert statuses(dealer, until=middle - 1) == [200]
    assert statuses(dealer, since=middle) == [404]


def test_search_for_errors_reads_nothing_else(cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api_requests, "MAX_SEARCHED", 2)
    batch = [record(cast.owner, status=status) for status in (200, 404, 200, 500, 200)]
    write_requests(batch[0].mode, batch, 0)
    clock.forward(1)
    write(*[record(cast.owner)] * 3)
    assert sorted(statuses(cast.owner.dealer, status="errors")) == [404, 500]
    assert statuses(cast.owner.dealer, status="5xx") == [500]


def test_search_by_id_reaches_requests_that_no_page_shows(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_requests, "MAX_SEARCHED", 2)
    first = record(cast.owner, status=201)
    write(first)
    for status in (202, 204, 200):
        clock.forward(1)
        write(record(cast.owner, status=status))
    page = search_requests(cast.owner.actor(), {})
    assert [request.status for request in page.rows] == [200, 204]
    assert page.searched_since == page.rows[-1].created_at
    assert statuses(cast.owner.dealer, q=first.request_id) == [201]
    assert statuses(cast.owner.dealer, until=first.started_at) == [201]
    assert statuses(cast.stranger.dealer, q=first.request_id) == []


def test_another_dealers_request_is_not_found(cast: Cast) -> None:
    write(record(cast.stranger))
    [request] = requests_of(cast.stranger)
    assert LoggedRequest.find(cast.stranger.dealer, request.id) == request
    for row_id in (request.id, f"{request.batch_id}-1", "1", "x-y", "9" * 19 + "-0", ""):
        with pytest.raises(NotFound):
            LoggedRequest.find(cast.owner.dealer, row_id)


def test_batches_of_several_processes_are_all_written(cast: Cast) -> None:
    batches = [[record(cast.owner, status=200 + number)] * 10 for number in range(8)]
    start = threading.Barrier(len(batches))

    def write_at_once(batch: list[object]) -> None:
        with connection():
            start.wait()
            write_requests((cast.owner.dealer.id, True), batch, dropped_count=1)  # type: ignore[arg-type] # a list of them

    with ThreadPoolExecutor(len(batches)) as threads:
        list(threads.map(write_at_once, batches))
    assert len(requests_of(cast.owner)) == 80
    usage = RequestLogUsage.get()
    assert (usage.dropped_count, usage.byte_count) == (8, sum(batch.size for batch in RequestBatch.select()))
