"""Pagination, newest first: every row that existed at the start is listed exactly once, under concurrent writes."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.bulk import bulk_upsert
from models.customer import Customer
from models.listing import Listing
from spec import types
from tests.cast import Cast
from tests.client import Client, error_of
from tests.handlers.workload import background_writer, create_listings, insert_listings, iterate_pages

NEWEST_FIRST = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.usefixtures("unmetered")
def test_thousand_listings_are_listed_once_each_under_concurrent_writes(api: Client, cast: Cast) -> None:
    original = set(insert_listings(cast.owner, 1000))
    with background_writer(cast.owner) as done:
        listed = Counter(row["id"] for row in api.list_all("/listings", limit=10))
    assert {"add", "edit"} <= set(done)
    assert {row_id: count for row_id, count in listed.items() if count > 1} == {}
    assert original <= set(listed)


@pytest.mark.usefixtures("unmetered")
def test_new_and_edited_rows_do_not_shift_pages(api: Client, cast: Cast) -> None:
    ids = create_listings(cast.owner, 10)
    first = api.get("/listings", limit=5).json()
    cast.owner.listing()
    Listing.find(cast.owner.actor(), ids[0]).change(cast.owner.actor(), {"title": "Polished"})
    second = api.get("/listings", limit=5, after=first["next_cursor"]).json()
    listed = [row["id"] for row in first["data"] + second["data"]]
    assert sorted(listed) == sorted(ids)
    assert second["has_more"] is False


@pytest.mark.usefixtures("unmetered")
@NEWEST_FIRST
@given(batches=st.lists(st.integers(1, 4), max_size=6), limit=st.integers(1, 7), draw=st.data())
def test_pages_are_full_and_contain_every_row_once_newest_first(
    api: Client, cast: Cast, batches: list[int], limit: int, draw: st.DataObject
) -> None:
    """Rows of one batch have the same creation time, as after an import."""
    Customer.delete().execute()
    for size in batches:
        rows: list[types.CustomerInput] = [
            {"external_id": draw.draw(st.uuids().map(str), label="id")} for _ in range(size)
        ]
        bulk_upsert(cast.owner.actor(), rows)
    pages = list(iterate_pages(api, "/customers", limit=limit))
    assert [len(page["data"]) for page in pages[:-1]] == [limit] * (len(pages) - 1)
    assert [page["has_more"] for page in pages] == [True] * (len(pages) - 1) + [False]
    listed = [(row["created_at"], row["id"]) for page in pages for row in page["data"]]
    assert len(listed) == sum(batches)
    assert listed == sorted(set(listed), reverse=True)


def test_last_page_has_no_cursor_and_is_never_empty(api: Client, cast: Cast) -> None:
    create_listings(cast.owner, 4)
    first, last = iterate_pages(api, "/listings", limit=2)
    assert set(first) == {"object", "data", "has_more", "next_cursor"}
    assert first["object"] == "list"
    assert (len(last["data"]), last["has_more"], last["next_cursor"]) == (2, False, None)


def test_page_has_25_rows_by_default(api: Client, cast: Cast) -> None:
    insert_listings(cast.owner, 101)
    queries: list[dict[str, Any]] = [{}, {"limit": 1}, {"limit": 100}]
    pages = [api.get("/listings", **query).json() for query in queries]
    assert [len(page["data"]) for page in pages] == [25, 1, 100]


def test_page_size_may_change_between_pages(api: Client, cast: Cast) -> None:
    ids = create_listings(cast.owner, 9)
    first = api.get("/listings", limit=2).json()
    rest = api.get("/listings", limit=100, after=first["next_cursor"]).json()
    assert sorted(row["id"] for row in first["data"] + rest["data"]) == sorted(ids)


@pytest.mark.parametrize("path", ["/listings", "/customers", "/orders", "/events"])
@pytest.mark.parametrize("limit", ["0", "101", "-1", "1.0", "1_0", "", "ten", "1e1", "+5", "07", "٣", "9" * 30, " 5"])
def test_limit_is_a_whole_number_from_1_to_100(api: Client, path: str, limit: str) -> None:
    assert error_of(api.get(path, limit=limit)) == (400, "validation_failed", "limit")
