"""The event stream: ascending, without gaps, read in pages or by long polling."""

import time
from collections.abc import Iterator
from concurrent import futures
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from models.order import Order
from tests.cast import Cast
from tests.client import Client, error_of
from tests.conftest import Clock
from tests.handlers.request_progress import wait_until_received
from tests.handlers.workload import create_listings, iterate_pages, start_writer


def sequences(events: list[dict[str, Any]]) -> list[int]:
    return [event["sequence"] for event in events]


def types(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"] for event in events]


def test_sequence_counts_up_by_one_from_the_first_event_on(api: Client, cast: Cast) -> None:
    watches = cast.owner.listings(3)
    api.order(watches[0].id, watches[1].id)
    events = api.list_all("/events", limit=2)
    assert sequences(events) == list(range(1, 7))
    assert types(events) == ["listing.published"] * 3 + ["order.received"] + ["listing.sold"] * 2
    assert [event["created_at"] for event in events] == sorted(event["created_at"] for event in events)


@pytest.mark.usefixtures("unmetered")
def test_sequence_has_no_gaps_or_duplicates_under_concurrent_writers(api: Client, cast: Cast) -> None:
    create_listings(cast.owner, 20)
    writers = [start_writer(cast.owner, seed, 40) for seed in range(4)]
    seen: list[int] = []
    after: dict[str, Any] = {}
    while True:
        is_over = not any(writer.is_alive() for writer in writers)
        page = api.get("/events", limit=5, **after).json()
        seen += sequences(page["data"])
        after = {"after": page["next_cursor"]}
        if is_over and not page["has_more"]:
            break
    assert len(seen) > 50
    assert seen == list(range(1, len(seen) + 1))


def test_rejected_write_leaves_no_gap(api: Client, cast: Cast) -> None:
    sold, other = cast.owner.listings(2)
    api.order(sold.id)
    assert api.order(other.id, sold.id).status_code == 409
    api.order(other.id)
    events = api.list_all("/events")
    assert sequences(events) == list(range(1, len(events) + 1))


def test_each_dealer_and_mode_has_its_own_sequence(
    api: Client, live_api: Client, stranger_api: Client, cast: Cast
) -> None:
    cast.owner.listings(2)
    cast.owner.listing(is_test=False)
    cast.stranger.listing()
    assert [sequences(client.list_all("/events")) for client in (api, live_api, stranger_api)] == [[1, 2], [1], [1]]


def test_cursor_continues_after_the_last_page(api: Client, cast: Cast) -> None:
    cast.owner.listings(2)
    *_, last = iterate_pages(api, "/events", limit=1)
    empty = api.get("/events", after=last["next_cursor"]).json()
    assert (empty["data"], empty["has_more"]) == ([], False)
    cast.owner.listing()
    for page in (last, empty):
        assert sequences(api.get("/events", after=page["next_cursor"]).json()["data"]) == [3]


def test_cursor_of_an_empty_stream_leads_to_the_first_event(api: Client, cast: Cast) -> None:
    page = api.get("/events").json()
    assert (page["data"], page["has_more"]) == ([], False)
    cast.owner.listing()
    assert sequences(api.get("/events", after=page["next_cursor"]).json()["data"]) == [1]


def test_list_starts_with_a_sequence(api: Client, cast: Cast) -> None:
    cast.owner.listings(4)
    page = api.get("/events", since="3", limit=1).json()
    assert sequences(page["data"]) == [3]
    assert sequences(api.get("/events", since="3", after=page["next_cursor"]).json()["data"]) == [4]
    assert sequences(api.get("/events", since="0").json()["data"]) == [1, 2, 3, 4]


def test_list_starts_behind_a_time(api: Client, cast: Cast) -> None:
    cast.owner.listing()
    [first] = api.get("/events").json()["data"]
    cast.owner.listing()
    cast.stranger.listing()
    assert sequences(api.get("/events", since=first["created_at"]).json()["data"]) == [2]
    assert sequences(api.get("/events", since="2001-01-01T00:00:00+02:00").json()["data"]) == [1, 2]
    future = api.get("/events", since="2999-01-01T00:00:00Z").json()
    cast.owner.listing()
    assert (future["data"], future["has_more"]) == ([], False)
    assert sequences(api.get("/events", after=future["next_cursor"]).json()["data"]) == [3]


def test_list_of_future_events_misses_none_after_its_response(api: Client, cast: Cast) -> None:
    cast.owner.listings(2)
    cast.owner.listing(is_test=False)
    page = api.get("/events", since="latest").json()
    assert page["data"] == []
    cast.owner.listings(2)
    assert sequences(api.get("/events", since="latest", after=page["next_cursor"]).json()["data"]) == [3, 4]


@pytest.mark.parametrize("since", ["", "soon", "-1", "2026-02-30T00:00:00Z", "2026-05-08", "1" * 16])
def test_unknown_start_is_rejected(api: Client, since: str) -> None:
    assert error_of(api.get("/events", since=since)) == (400, "validation_failed", "since")


@pytest.fixture
def waiter() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(1) as pool:
        yield pool


def test_long_poll_returns_when_an_event_is_recorded(
    api: Client, stranger_api: Client, cast: Cast, waiter: ThreadPoolExecutor
) -> None:
    cast.owner.listing()
    after = api.get("/events").json()["next_cursor"]
    pending = waiter.submit(Client(api.url, cast.owner.test_key).get, "/events", after=after, wait=30)
    wait_until_received(api, spent=1)
    cast.stranger.listing()
    assert not pending.done()
    started = time.monotonic()
    cast.owner.listing()
    assert types(pending.result(10).json()["data"]) == ["listing.published"]
    assert time.monotonic() - started < 5


def test_long_poll_for_future_events_returns_the_next_one(api: Client, cast: Cast, waiter: ThreadPoolExecutor) -> None:
    cast.owner.listings(2)
    pending = waiter.submit(Client(api.url, cast.owner.test_key).get, "/events", since="latest", wait=30)
    newest = 2
    while not pending.done():  # an event that is recorded before the request arrives is a past one
        cast.owner.listing()
        newest += 1
        futures.wait([pending], timeout=0.2)
    assert 2 < sequences(pending.result(10).json()["data"])[0] <= newest


def test_long_poll_times_out_without_an_event(api: Client, cast: Cast) -> None:
    cast.owner.listing()
    after = api.get("/events").json()["next_cursor"]
    started = time.monotonic()
    page = api.get("/events", after=after, wait=1).json()
    assert 0.9 < time.monotonic() - started < 5
    assert (page["data"], page["has_more"]) == ([], False)
    assert api.get("/events", after=page["next_cursor"]).status_code == 200


def test_long_poll_returns_at_once_if_there_are_events(api: Client, cast: Cast) -> None:
    cast.owner.listing()
    started = time.monotonic()
    assert len(api.get("/events", wait=30).json()["data"]) == 1
    assert time.monotonic() - started < 5


def test_long_poll_ignores_events_that_do_not_match(api: Client, cast: Cast, waiter: ThreadPoolExecutor) -> None:
    pending = waiter.submit(api.get, "/events", wait=1, type="order.*")
    cast.owner.listing()
    assert pending.result(10).json()["data"] == []


@pytest.fixture
def day(api: Client, cast: Cast) -> list[dict[str, Any]]:
    """Events of several kinds, about two listings and their orders."""
    first, second = cast.owner.listings(2)
    cancelled = api.order(first.id).json()["id"]
    api.post(f"/orders/{cancelled}/cancel")
    fulfilled = api.order(second.id).json()["id"]
    Order.find(cast.owner.actor(), fulfilled).fulfil(cast.owner.actor(), None)
    return api.list_all("/events")


@pytest.mark.parametrize("value", ["*", "listing.*", "order.*", "customer.*", "integration.*", "order.received"])
def test_events_by_type_match_like_a_subscription(api: Client, day: list[dict[str, Any]], value: str) -> None:
    wanted = [e for e in day if value in ("*", e["event"]) or e["event"].startswith(value.rstrip("*") or "!")]
    assert api.list_all("/events", type=value, limit=2) == wanted
    assert wanted or value in ("customer.*", "integration.*")


@pytest.mark.parametrize("value", ["listing", "listing.", "listing.s*", "listing.%", "*.sold", "order.paid", "", "**"])
def test_unknown_type_is_rejected(api: Client, value: str) -> None:
    assert error_of(api.get("/events", type=value)) == (400, "validation_failed", "type")


def test_events_by_resource_are_complete_and_exclusive(api: Client, day: list[dict[str, Any]]) -> None:
    for resource_id in {event["data"]["id"] for event in day}:
        found = api.list_all("/events", resource_id=resource_id)
        assert found == [event for event in day if event["data"]["id"] == resource_id]
    listing_id = day[0]["data"]["id"]
    sold = api.list_all("/events", resource_id=listing_id, type="listing.sold")
    assert types(sold) == ["listing.sold"]
    assert api.list_all("/events", resource_id="inv_unknown") == []


def test_filtered_stream_continues_at_its_cursor(api: Client, cast: Cast, day: list[dict[str, Any]]) -> None:
    *_, last = iterate_pages(api, "/events", type="order.*", limit=2)
    api.order(cast.owner.listing().id)
    rest = api.get("/events", type="order.*", after=last["next_cursor"]).json()["data"]
    assert types(rest) == ["order.received"]


def test_events_are_kept_for_30_days(api: Client, cast: Cast, clock: Clock) -> None:
    cast.owner.listing()
    event = api.list_all("/events")[0]
    clock.forward(30 * 24 * 3600 - 1)
    assert api.get(f"/events/{event['id']}").status_code == 200
    cast.owner.listing()
    clock.forward(2)
    assert sequences(api.list_all("/events")) == [2]
    assert error_of(api.get(f"/events/{event['id']}")) == (404, "event_not_found", None)
