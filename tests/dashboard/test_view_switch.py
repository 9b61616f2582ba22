"""The Live/Sandbox switch keeps the page that exists on both sides, else the nearest page above it."""

from collections.abc import Callable

import pytest

from dashboard.site import PAGES
from models.clock import now
from models.delivery.delivery import Delivery
from tests.cast import Cast
from tests.dashboard.browser import Browser, page
from tests.dashboard.form_reader import fill

CUSTOM = "/channels/custom"

SHARED = [path for method, path, _, _ in PAGES if method == "GET" and "{" not in path]


def switch(browser: Browser, path: str) -> str:
    response = browser.post("/view", {"view": "live", "from": path}, allow_redirects=False)
    assert response.status_code == 303
    return str(response.headers["Location"])


def test_every_page_without_an_id_stays_open(owner: Browser) -> None:
    assert len(SHARED) > 20
    assert {path: switch(owner, path) for path in SHARED} == {path: path for path in SHARED}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/orders/ord_1", "/orders"),
        ("/inventory/import/err_1", "/inventory/import"),
        ("/channels/custom/endpoints/we_1", "/channels/custom"),
        ("/channels/custom/keys", "/channels/custom"),
        ("/nowhere/at/all", "/"),
        ("//evil.example", "/"),
        ("https://evil.example/orders", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
    ],
)
def test_other_pages_lead_to_the_nearest_page_above(owner: Browser, path: str, expected: str) -> None:
    assert switch(owner, path) == expected


@pytest.fixture
def both_sides(cast: Cast) -> dict[bool, str]:
    """One failed delivery of a test and one of a live event. Returns their IDs, by whether they are test deliveries."""
    cast.owner.go_live()
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    for is_test in (True, False):
        cast.owner.listing(is_test=is_test)
    Delivery.update(state="failed", attempts=1, completed_at=now()).execute()
    return {delivery.is_test: delivery.id for delivery in Delivery.select()}


@pytest.mark.parametrize("view", ["live", "test"])
def test_switch_governs_the_pages_of_the_channel(
    owner: Browser, both_sides: dict[bool, str], deliver: Callable[[], None], view: str
) -> None:
    owner.view(view)
    log = owner.get(f"{CUSTOM}/log").text
    assert [row_id in log for row_id in (both_sides[view == "test"], both_sides[view != "test"])] == [True, False]
    assert "1 failed delivery in this time range" in page(owner.get(f"{CUSTOM}/retries")).text
    owner.post(f"{CUSTOM}/retries", {"since": "2020-01-01", "until": ""})
    deliver()
    assert [Delivery.get_by_id(both_sides[side]).state for side in (view == "test", view != "test")] == [
        "pending",
        "failed",
    ]


@pytest.mark.parametrize("view", ["live", "test"])
def test_link_to_the_other_side_offers_to_switch(owner: Browser, both_sides: dict[bool, str], view: str) -> None:
    owner.view(view)
    path = f"{CUSTOM}/log?open={both_sides[view != 'test']}"
    missing = page(owner.get(path), 404)
    form = dict(fill(missing.source, "to"))
    assert owner.post("/view", form).url == owner.site + path
    assert owner.get(path).status_code == 200


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/", "/\\evil.example"])
def test_switch_leads_to_no_other_site(owner: Browser, to: str) -> None:
    response = owner.post("/view", {"view": "live", "to": to}, allow_redirects=False)
    assert response.headers["Location"] == "/"


def test_test_event_is_shown_in_the_sandbox(owner: Browser, cast: Cast) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    owner.view("live")
    shown = page(owner.post(f"{CUSTOM}/ping"))
    assert "integration.test_event" in shown.text
