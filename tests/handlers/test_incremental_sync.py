"""Incremental sync with `updated_after`: no change is missed under concurrent writes or after a long pause."""

from typing import Any

import pytest

from models.customer import Customer
from models.listing import Listing
from tests.cast import Cast
from tests.client import Client, error_of
from tests.conftest import Clock
from tests.handlers.workload import create_listings, iterate_pages, start_writer

LONG_AGO = "2000-01-01T00:00:00Z"


class Mirror:
    """A copy of a list that remembers the time of the last change it has seen."""

    def __init__(self, api: Client, path: str) -> None:
        self.api, self.path = api, path
        self.rows: dict[str, dict[str, Any]] = {}
        self.last_change = LONG_AGO

    def catch_up(self) -> None:
        for row in self.api.list_all(self.path, updated_after=self.last_change, limit=7):
            assert row["updated_at"] >= self.last_change
            self.rows[row["id"]], self.last_change = row, row["updated_at"]


@pytest.mark.usefixtures("unmetered")
def test_mirror_equals_the_table_after_concurrent_writes(api: Client, cast: Cast) -> None:
    create_listings(cast.owner, 40)
    mirror = Mirror(api, "/listings")
    mirror.catch_up()
    writers = [start_writer(cast.owner, seed, 50) for seed in range(4)]
    rounds = 0
    while any(writer.is_alive() for writer in writers):
        mirror.catch_up()
        rounds += 1
    mirror.catch_up()
    assert rounds > 1
    assert mirror.rows == {row["id"]: row for row in api.list_all("/listings", limit=100)}


@pytest.mark.usefixtures("unmetered")
def test_sync_continues_with_its_cursor_after_days(api: Client, cast: Cast, clock: Clock) -> None:
    ids = create_listings(cast.owner, 6)
    page = api.get("/listings", updated_after=LONG_AGO, limit=2).json()
    rows = {row["id"]: row for row in page["data"]}
    clock.forward(3 * 24 * 3600)
    seen, unseen = next(iter(rows)), next(row_id for row_id in ids if row_id not in rows)
    for row_id in (seen, unseen):
        Listing.find(cast.owner.actor(), row_id).change(cast.owner.actor(), {"title": "Polished"})
    for rest in iterate_pages(api, "/listings", updated_after=LONG_AGO, limit=2, after=page["next_cursor"]):
        rows |= {row["id"]: row for row in rest["data"]}
    assert rows == {row["id"]: row for row in api.list_all("/listings")}


def test_oldest_change_comes_first_and_a_changed_row_again_at_the_end(api: Client, cast: Cast) -> None:
    first, second, third = create_listings(cast.owner, 3)
    page = api.get("/listings", updated_after=LONG_AGO, limit=2).json()
    assert [row["id"] for row in page["data"]] == [first, second]
    Listing.find(cast.owner.actor(), first).change(cast.owner.actor(), {"title": "Polished"})
    rest = api.get("/listings", updated_after=LONG_AGO, limit=2, after=page["next_cursor"]).json()
    assert [row["id"] for row in rest["data"]] == [third, first]
    assert [row["title"] for row in rest["data"]][1] == "Polished"


def test_only_later_changes_are_listed(api: Client, cast: Cast) -> None:
    first, second = cast.owner.listings(2)
    changed_at = api.get(f"/listings/{first.id}").json()["updated_at"]
    assert [row["id"] for row in api.list_all("/listings", updated_after=changed_at)] == [second.id]
    assert api.list_all("/listings", updated_after="2999-01-01T00:00:00Z") == []


def test_unpublished_rows_are_listed(api: Client, cast: Cast) -> None:
    unpublished, draft = cast.owner.listing(), cast.owner.listing(published=False)
    before = api.get(f"/listings/{unpublished.id}").json()["updated_at"]
    unpublished.unpublish(cast.owner.actor())
    draft.change(cast.owner.actor(), {"title": "Not for the channel"})
    assert [(row["id"], row["published"]) for row in api.list_all("/listings", updated_after=before)] == [
        (unpublished.id, False)
    ]


def test_page_boundary_inside_a_transaction_loses_no_row(api: Client, cast: Cast) -> None:
    watches = cast.owner.listings(5)
    before = api.get(f"/listings/{watches[-1].id}").json()["updated_at"]
    assert api.order(*[watch.id for watch in watches]).status_code == 201
    changed = api.list_all("/listings", updated_after=before, limit=1)
    assert sorted(row["id"] for row in changed) == sorted(watch.id for watch in watches)
    assert len({row["updated_at"] for row in changed}) == 1


def test_customers_and_orders_can_be_mirrored(api: Client, cast: Cast) -> None:
    customers, orders = Mirror(api, "/customers"), Mirror(api, "/orders")
    for listing in cast.owner.listings(3):
        api.order(listing.id, customer={"external_id": listing.id})
    customers.catch_up()
    orders.catch_up()
    api.post(f"/orders/{next(iter(orders.rows))}/cancel")
    Customer.upsert(
        cast.owner.actor(), {"external_id": next(iter(customers.rows.values()))["external_id"], "notes": "VIP"}
    )
    for mirror in (customers, orders):
        mirror.catch_up()
        assert mirror.rows == {row["id"]: row for row in api.list_all(mirror.path)}


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-08",
        "2026-05-08T08:41:33",
        "2026-05-08 08:41:33Z",
        "2026-05-08T08:41Z",
        "2026-05-08T08:41:33+0200",
        "2026-05-08T24:00:00Z",
        "2026-02-30T08:41:33Z",
        "2026-05-08T08:41:60Z",
        "2026-05-08T23:59:60Z",
        "20260508T084133Z",
        "2026-W19-5T08:41:33Z",
        "0000-01-01T00:00:00Z",
        "1778229693",
        "yesterday",
        "",
        "٢٠٢٦-05-08T08:41:33Z",
        "2026-05-08T08:41:33.Z",
        "2026-05-08T08:41:33,5Z",
    ],
)
def test_time_that_is_not_rfc_3339_is_rejected(api: Client, text: str) -> None:
    assert error_of(api.get("/listings", updated_after=text)) == (400, "validation_failed", "updated_after")


def test_time_may_have_any_offset_and_precision(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    for past in (
        "2000-01-01T00:00:00Z",
        "2000-01-01t00:00:00.123456789z",
        "1999-12-31T23:00:00.5-11:30",
        "0001-01-01T00:00:00+23:59",
    ):
        assert [row["id"] for row in api.list_all("/listings", updated_after=past)] == [listing.id]
    for future in ("9999-12-31T23:59:59-23:59", "2999-01-01T00:00:00+14:00"):
        assert api.list_all("/listings", updated_after=future) == []
