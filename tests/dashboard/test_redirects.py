"""No redirect leads to a host that the client names."""

import pytest
import requests

from dashboard.site import PAGES
from tests.dashboard.browser import Browser
from tests.dashboard.conftest import People
from tests.dashboard.rows import address
from tests.hub import Server

FORGED = {"Host": "evil.example", "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
SIGN_OUT = ("/sign-out", "/account/sign-out-everywhere")
OTHER_PATHS = ("/nowhere", "/static", "/static/", "/docs", "/docs/", "/docs/webhooks/", "/openapi/", "/api/v1",
               "/api/v1/", "/api/v1/health/", "//host", "//host/", "/sign-in//", "//sign-in/")  # fmt: skip


def send_forged(browser: Browser, method: str, path: str, token: str = "") -> requests.Response:
    """Send a form or a request with forged host headers."""
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.session.cookies)
    request = requests.Request(method, browser.site, data={"csrf_token": token, "from": "//evil.example"})
    prepared = browser.session.prepare_request(request)
    prepared.url = browser.site + path
    prepared.headers.update({**FORGED, "Cookie": cookies})
    return browser.session.send(prepared, allow_redirects=False, timeout=20)


def test_redirects_of_pages_ignore_the_host_header(people: People, ids: dict[str, str]) -> None:
    visitor_token, owner_token = people.nobody.csrf_token(), people.owner.csrf_token()
    locations = {}
    for method, path, _, access in PAGES:
        is_public = access == "anyone"
        browser, token = (people.nobody, visitor_token) if is_public else (people.owner, owner_token)
        for suffix in ("", "/") if path not in SIGN_OUT else ():
            response = send_forged(browser, method, address(path, ids) + suffix, token)
            locations[method, path, suffix] = response.headers.get("Location", "/")
    assert not {route: location for route, location in locations.items() if "evil.example" in location}
    assert all(location.startswith("/") for location in locations.values())


@pytest.mark.parametrize("path", OTHER_PATHS)
def test_other_redirects_ignore_the_host_header(server: Server, path: str) -> None:
    response = send_forged(Browser(server.site), "GET", path)
    assert "evil.example" not in response.headers.get("Location", "")
    assert response.status_code < 500
