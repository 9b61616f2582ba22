"""A page with many rows asks the database no more often than a page with one."""

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

MORE = 30
PLAIN = [path for method, path, _, who in PAGES if method == "GET" and who != "anyone" and "{" not in path]


def trade(cast: Cast, number: int) -> None:
    """One more watch, client, order and change, with their events and deliveries."""
    actor = cast.owner.actor()
    listing = cast.owner.listing(sku=f"A-{number}")
    buyer = {"email": f"bea{number}@shop.example", "first_name": "Bea"}
    Order.place(actor, {"items": [{"listing_id": listing.id}], "customer": buyer})
    cast.owner.listing(sku=f"B-{number}")
    record_audit_entry(actor, OWNER, "order.received", None, "Sale recorded")


def statements(caplog: pytest.LogCaptureFixture, browser: Browser, path: str) -> int:
    caplog.clear()
    assert browser.get(path).status_code == 200, path
    return len([record for record in caplog.records if record.name == "peewee"])


def test_no_page_asks_once_for_each_of_its_rows(owner: Browser, cast: Cast, caplog: pytest.LogCaptureFixture) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    trade(cast, 0)
    opened = [
        f"/orders/{Order.get().id}",
        f"/clients/{Customer.get().id}",
        f"/channels/custom/log?open={Delivery.get().id}",
        f"/channels/custom/events?open={Event.get().id}",
        "/channels/custom/log?q=omega",
    ]
    paths = [*PLAIN, *opened]
    with caplog.at_level(logging.DEBUG, "peewee"):
        few = {path: statements(caplog, owner, path) for path in paths}
        for number in range(1, MORE):
            trade(cast, number)
        many = {path: statements(caplog, owner, path) for path in paths}
    assert all(few.values())
    assert many == few
