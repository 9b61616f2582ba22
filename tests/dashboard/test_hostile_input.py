"""Hostile values in paths, queries, forms and headers are never a 500."""

import re
from collections.abc import Iterator

import pytest
import requests

from dashboard.site import PAGES
from tests.dashboard.browser import Browser
from tests.dashboard.rows import address
from tests.test_architecture import ROOT

# Each round sends one value as every text and one as every time, percent-encoded.
ROUNDS = {
    "NUL, before year 1": ("evt_%00b%00", "0001-01-01T00:00:00%2B23:59"),
    "surrogate and invalid encoding, after year 9999": ("%ED%A0%80%ff%zz%", "9999-12-31T23:59:59-23:59"),
    "many digits, year 0": ("9" * 400, "0000-01-01"),
    "more than 64 bits, year 10000": ("9223372036854775808", "10000-01-01"),
    "syntax of other languages, NUL": ("%27%22%3C%25%5C%7B%7B[(*%0D%0AA:%20b%D9%A3", "2026-02-30%00"),
}
SOURCES = [path.read_text() for suffix in ("py", "html") for path in (ROOT / "dashboard").rglob(f"*.{suffix}")]
NAME = re.compile(r"""values?\("(\w+)"\)|Field\("(\w+)"|name="(\w+)"|query_params.get\("(\w+)\"""")
FILTERS = re.compile(r"^FILTERS = \((.*)\)$", re.MULTILINE)
SIGN_OUT = ("/sign-out", "/account/sign-out-everywhere")
REFERER_HEADERS = (
    "http://[",
    "http://[::1",
    "//",
    "http://a:99999999/",
    "\xff\xfe",
    "/" + "a" * 8000,
    "http://a/%00?%ff",
)
HOSTS = ("[", "[::1", "a/b?c", "a:99999999", "\xff\xfe", "@", "", "a" * 8000)
COOKIES = ("wth_session=", 'wth_session="\\000.\\377"', "wth_session=\xff.\xff", "wth_session=.", "=;;=", "\xff")
OTHER_PATHS = ("/static/%00", "/static/%ED%A0%80", "/static/..%2f..%2fsite.py", "/static/" + "a" * 5000, "/docs/%00",
               "/openapi/%ED%A0%80", "/%00", "/%ED%A0%80", "/%zz")  # fmt: skip


def find_names() -> Iterator[str]:
    """Names of the fields and query parameters that pages, templates and forms read."""
    for text in SOURCES:
        yield from (name for match in NAME.findall(text) for name in match if name)
        yield from (name for line in FILTERS.findall(text) for name in re.findall(r"\w+", line))


NAMES = sorted(set(find_names()) - {"csrf_token"})
TIMES = ("since", "until")


def test_names_are_found_in_sources() -> None:
    assert {"q", "page", "open", "since", "resource", "next", "asking_price_cents", "replaces", "view"} <= set(NAMES)


@pytest.mark.parametrize(("text", "time"), ROUNDS.values(), ids=ROUNDS)
def test_every_parameter_of_every_page(owner: Browser, ids: dict[str, str], text: str, time: str) -> None:
    token = owner.csrf_token()
    query = "&".join(f"{name}={time if name in TIMES else text}" for name in NAMES)
    statuses = {}
    for method, path, _, _ in PAGES:
        for target in {address(path, ids), path.replace("{id}", text).replace("{token}", text)}:
            if path not in SIGN_OUT:
                statuses[method, target] = send(owner, method, target, query, token).status_code
    assert not {request: status for request, status in statuses.items() if status >= 500}


def test_time_ranges_at_the_ends_of_the_calendar(owner: Browser) -> None:
    for query in ("until=0001-01-01", "since=9999-12-31T23:59:59", "until=9999-12-31T23:59:59.999999"):
        assert owner.get(f"/channels/custom/retries?{query}").status_code == 200, query
    for since, until in (("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"), ("", "0001-01-01")):
        assert owner.post("/channels/custom/retries", {"since": since, "until": until}).status_code == 200, since


@pytest.mark.parametrize(
    ("name", "values"),
    [("Referer", REFERER_HEADERS), ("Host", HOSTS), ("Cookie", COOKIES)],
    ids=["Referer", "Host", "Cookie"],
)
def test_every_header_that_pages_read(owner: Browser, name: str, values: tuple[str, ...]) -> None:
    token = owner.csrf_token()
    for value in values:
        for method, path in (
            ("GET", "/inventory?q=a"),
            ("POST", "/clients/new"),
            ("GET", "/docs"),
            ("GET", "/nowhere"),
        ):
            headers = {name: value.encode("latin-1")}
            assert send(owner, method, path, "", token, headers).status_code < 500, (path, value)


@pytest.mark.parametrize("path", OTHER_PATHS)
def test_other_paths(visitor: Browser, path: str) -> None:
    assert send(visitor, "GET", path, "", "").status_code == 404


def send(
    browser: Browser, method: str, path: str, query: str, token: str, headers: dict[str, bytes] | None = None
) -> requests.Response:
    """Send the query as it is, in the URL of a GET or as a form."""
    prepared = browser.session.prepare_request(requests.Request(method, browser.site))
    is_form = method == "POST"
    if is_form:
        prepared.headers["Content-Type"] = "application/x-www-form-urlencoded"
        prepared.prepare_body(f"{query}&csrf_token={token}", None)
    prepared.url = browser.site + path + ("" if is_form or not query else f"?{query}")
    prepared.headers.update(headers or {})  # type: ignore[arg-type] # bytes let through what latin-1 text would not
    return browser.session.send(prepared, allow_redirects=False, timeout=20)
