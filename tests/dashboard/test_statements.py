"""A page with many rows runs as many queries as a page with one."""

import logging

import pytest

from dashboard.site import PAGES
from models.customer import Customer
from models.delivery.delivery import Delivery
from models.delivery.event import Event
from models.order import Order
from tests.cast import Cast
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import OWNER
from tests.dashboard.rows import record_audit_entry

ROWS = 30
PATHS = [path for method, path, _, who in PAGES if method == "GET" and who != "anyone" and "{" not in path]


def create_rows(cast: Cast, number: int) -> None:
    """Create a watch, a client, an order and an audit entry, with their events and deliveries."""
    actor = cast.owner.actor()
    listing = cast.owner.listing(sku=f"A-{number}")
    buyer = {"email": f"bea{number}@shop.example", "first_name": "Bea"}
    Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": buyer})
    cast.owner.listing(sku=f"B-{number}")
    record_audit_entry(actor, OWNER, "order.received", None, "Sale recorded")


def count_queries(caplog: pytest.LogCaptureFixture, browser: Browser, path: str) -> int:
    caplog.clear()
    assert browser.get(path).status_code == 200, path
    return len([record for record in caplog.records if record.name == "peewee"])


def test_no_page_runs_a_query_per_row(owner: Browser, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    create_rows(cast, 0)
    opened = [
        f"/orders/{Order.get().id}",
        f"/clients/{Customer.get().id}",
        f"/channels/custom/log?open={Delivery.get().id}",
        f"/channels/custom/events?open={Event.get().id}",
        "/channels/custom/log?q=omega",
    ]
    paths = [*PATHS, *opened]
    with caplog.at_level(logging.DEBUG, "peewee"):
        few = {path: count_queries(caplog, owner, path) for path in paths}
        for number in range(1, ROWS):
            create_rows(cast, number)
        many = {path: count_queries(caplog, owner, path) for path in paths}
    assert all(few.values())
    assert many == few
