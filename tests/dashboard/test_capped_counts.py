"""Counts beside a chart stop at 10,000, so that a page takes the same time with any number of failures."""

from models.search.pagination import MAX_COUNTED
from tests.cast import Cast
from tests.dashboard.browser import Browser, page
from tests.dashboard.pages.test_delivery_log import insert_deliveries


def test_more_than_ten_thousand_failures_are_not_counted(owner: Browser, cast: Cast) -> None:
    insert_deliveries(cast, MAX_COUNTED + 1, state="failed")
    for path in ("/channels/custom", "/channels/custom/retries?since=2020-01-01&until=2099-01-01"):
        assert "10,000+" in page(owner.get(path)).text
