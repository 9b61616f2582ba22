"""The Live/Sandbox switch keeps the page that exists on both sides, else the nearest page above it."""

import pytest

from dashboard.site import PAGES
from tests.dashboard.browser import Browser

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
