"""Pages of listings are the same bytes with and without the cache of texts."""

import random
from contextlib import suppress
from typing import Any

import orjson
import pytest

from errors import Refusal
from models.listing import LIST_QUERY, Listing
from models.listing_representation import serialize_listing
from models.representation_cache import RepresentationCache
from tests.cast import Cast, Person
from tests.client import Client
from tests.models.test_listing_counts import Dealings

STEPS = 40
FIELDS: list[dict[str, Any]] = [
    {"asking_price_cents": 123_45},
    {"title": 'A "title" with ünïcode \u2028 and \\'},
    {"photos": [{"url": "https://shop.example/1.jpg", "position": 1}]},
    {"case_diameter_mm": 41.5, "has_box": None, "complications": ["date", "moon phase"]},
    {"supplier": "a private column"},
]


def reference(person: Person, *, is_test: bool, **filters: Any) -> bytes:
    """Build the list in the plainest way: every row, filtered and sorted in Python."""
    rows = [row.columns() for row in Listing.of(person.actor(is_test=is_test)) if row.published_at is not None]
    rows = [row for row in rows if all(row[name] == value for name, value in filters.items())]
    rows.sort(key=lambda row: (row["created_at"], row["id"]), reverse=True)
    data = [serialize_listing(row) for row in rows]
    return orjson.dumps({"object": "list", "data": data, "has_more": False, "next_cursor": None})


@pytest.mark.parametrize("is_test", [True, False])
def test_page_is_the_plain_one_after_any_operation(cast: Cast, is_test: bool) -> None:
    rng = random.Random()  # noqa: S311 - test data; every run has another order
    actor = cast.owner.actor(is_test=is_test)
    dealings = Dealings(actor, rng)
    dealings.operations += [lambda: dealings.any_listing().change(actor, rng.choice(FIELDS))] * 6
    for _ in range(STEPS):
        with suppress(Refusal):
            rng.choice(dealings.operations)()
        for _ in ("not cached", "cached"):
            page = Listing.page(actor, {}, after=None, limit=1000, since=None)
            assert orjson.dumps(page) == reference(cast.owner, is_test=is_test)


@pytest.mark.parametrize("filters", [{}, {"status": "sold"}, {"status": "in_stock"}])
def test_response_is_the_plain_one_whether_or_not_it_is_cached(
    cast: Cast, api: Client, filters: dict[str, Any]
) -> None:
    sold, *_ = cast.owner.listings(5)
    sold.sell(cast.owner.actor())
    expected = reference(cast.owner, is_test=True, **filters)
    responses = [api.get("/listings", limit=100, **filters) for _ in range(3)]
    assert {response.content for response in responses} == {expected}


def test_all_pages_are_the_same_the_second_time(cast: Cast, api: Client) -> None:
    cast.owner.listings(7)
    rounds: list[list[bytes]] = []
    for _ in range(2):
        contents: list[bytes] = []
        after = ""
        while after is not None:
            query: dict[str, Any] = {"limit": 3} | ({"after": after} if after else {})
            page = api.get("/listings", **query)
            contents.append(page.content)
            after = page.json()["next_cursor"]
        rounds.append(contents)
    assert rounds[0] == rounds[1]
    assert len(rounds[0]) == 3


def test_strangers_listing_is_not_shown_from_the_cache(cast: Cast, api: Client, stranger_api: Client) -> None:
    cast.owner.listings(2)
    assert len(api.get("/listings").json()["data"]) == 2
    assert stranger_api.get("/listings").json()["data"] == []


def test_cache_is_bounded() -> None:
    cache = RepresentationCache(max_texts=3)
    rows = [{"id": f"inv_{number}", "updated_at": 1} for number in range(5)]
    cache.add_all(rows, rows)
    assert cache.find_all([("inv_4", 1), ("inv_2", 1)]) is not None
    assert cache.find_all([("inv_1", 1)]) is None
    assert cache.find_all([("inv_4", 2)]) is None


def test_page_of_known_listings_reads_no_row(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.owner.listings(2)
    page = Listing.page(cast.owner.actor(), {}, after=None, limit=10, since=None)
    monkeypatch.setattr(type(LIST_QUERY), "_fetch", None)
    assert orjson.dumps(Listing.page(cast.owner.actor(), {}, after=None, limit=10, since=None)) == orjson.dumps(page)
