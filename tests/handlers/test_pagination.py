"""Walking a list, newest first: every row that was there at the start exactly once, whatever happens meanwhile."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.bulk import bulk_upsert
from models.customer import Customer
from models.listing import Listing
from tests.cast import Cast
from tests.client import Client, error_of
from tests.handlers.shop import busy, pages_of, stock, stock_room

NEWEST_FIRST = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.usefixtures("unmetered")
def test_thousand_listings_come_once_each_while_others_write(api: Client, cast: Cast) -> None:
    original = set(stock_room(cast.owner, 1000))
    with busy(cast.owner) as done:
        walked = Counter(row["id"] for row in api.walk("/listings", limit=10))
    assert {"add", "edit"} <= set(done)
    assert {row_id: count for row_id, count in walked.items() if count > 1} == {}
    assert original <= set(walked)


@pytest.mark.usefixtures("unmetered")
def test_new_and_edited_rows_between_two_pages_move_nothing(api: Client, cast: Cast) -> None:
    ids = stock(cast.owner, 10)
    first = api.get("/listings", limit=5).json()
    cast.owner.listing()
    Listing.find(cast.owner.actor(), ids[0]).change(cast.owner.actor(), {"title": "Polished"})
    second = api.get("/listings", limit=5, after=first["next_cursor"]).json()
    walked = [row["id"] for row in first["data"] + second["data"]]
    assert sorted(walked) == sorted(ids)
    assert second["has_more"] is False


@pytest.mark.usefixtures("unmetered")
@NEWEST_FIRST
@given(batches=st.lists(st.integers(1, 4), max_size=6), limit=st.integers(1, 7), draw=st.data())
def test_any_walk_gives_every_row_once_newest_first_in_full_pages(
    api: Client, cast: Cast, batches: list[int], limit: int, draw: st.DataObject
) -> None:
    """Rows of one batch have one creation time, as those of one import have."""
    Customer.delete().execute()
    for size in batches:
        rows = [{"external_id": draw.draw(st.uuids().map(str), label="id")} for _ in range(size)]
        bulk_upsert(cast.owner.actor(), rows)
    pages = list(pages_of(api, "/customers", limit=limit))
    assert [len(page["data"]) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert [page["has_more"] for page in pages] == [True] * (len(pages) - 1) + [False]
    walked = [(row["created_at"], row["id"]) for page in pages for row in page["data"]]
    assert len(walked) == sum(batches)
    assert walked == sorted(set(walked), reverse=True)


def test_last_page_has_no_cursor_and_is_never_empty(api: Client, cast: Cast) -> None:
    stock(cast.owner, 4)
    first, last = pages_of(api, "/listings", limit=2)
    assert set(first) == {"object", "data", "has_more", "next_cursor"}
    assert first["object"] == "list"
    assert (len(last["data"]), last["has_more"], last["next_cursor"]) == (2, False, None)


def test_page_has_25_rows_unless_told_otherwise(api: Client, cast: Cast) -> None:
    stock_room(cast.owner, 101)
    pages = [api.get("/listings", **query).json() for query in ({}, {"limit": 1}, {"limit": 100})]
    assert [len(page["data"]) for page in pages] == [25, 1, 100]


def test_page_size_may_change_during_a_walk(api: Client, cast: Cast) -> None:
    ids = stock(cast.owner, 9)
    first = api.get("/listings", limit=2).json()
    rest = api.get("/listings", limit=100, after=first["next_cursor"]).json()
    assert sorted(row["id"] for row in first["data"] + rest["data"]) == sorted(ids)


@pytest.mark.parametrize("path", ["/listings", "/customers", "/orders", "/events"])
@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "1_0", "", "ten", "1e1", "+5", "07", "٣", "9" * 30, " 5"])
def test_limit_is_a_whole_number_from_1_to_100(api: Client, path: str, limit: str) -> None:
    assert error_of(api.get(path, limit=limit)) == (400, "validation_failed", "limit")
