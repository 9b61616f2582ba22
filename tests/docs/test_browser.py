"""The documentation in a real browser: reference, search, tabs and copying, on a laptop and on a phone."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Route, ViewportSize

from docs.site import pages
from tests.hub import Server

PHONE: ViewportSize = {"width": 390, "height": 844}


class Tab:
    """A browser tab that records console errors and requests to other sites."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.server = server
        self.page: Page = browser.new_page()
        self.errors: list[str] = []
        self.foreign_urls: list[str] = []
        self.page.on("console", self._record_error)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", lambda request: self._record_request(request.url))

    def _record_error(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(message.text)

    def _record_request(self, url: str) -> None:
        if not url.startswith((self.server.site, "data:", "blob:")):
            self.foreign_urls.append(url)

    def go(self, path: str) -> Page:
        self.page.goto(self.server.site + path)
        return self.page


@pytest.fixture
def tab(chromium: Browser, server: Server) -> Iterator[Tab]:
    opened = Tab(chromium, server)
    yield opened
    opened.page.close()
    assert (opened.errors, opened.foreign_urls) == ([], [])


def test_reference_shows_operations_and_webhooks_without_requests_to_other_sites(tab: Tab) -> None:
    page = tab.go("/docs/api/reference#tag/orders/POST/orders")
    page.get_by_role("heading", name="Create an order").first.wait_for()
    page = tab.go("/docs/api/reference#tag/webhooks/webhook/POST/order.received")
    page.reload()
    page.get_by_role("heading", name="order.received").first.wait_for()
    assert page.get_by_text("WTH-Signature").first.is_visible()


def test_search_finds_an_error_code_and_goes_there_by_keyboard(tab: Tab) -> None:
    page = tab.go("/docs/quickstart")
    page.keyboard.press("/")
    page.keyboard.type("listing_not_available")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url("**/docs/api/errors#listing_not_available")


def test_search_goes_by_all_that_was_typed_while_its_index_loads(tab: Tab) -> None:
    page = tab.go("/docs/quickstart")
    search = page.get_by_role("combobox")

    def type_on(index: Route) -> None:
        search.fill("listing_not_available")
        search.press("Enter")
        index.continue_()

    page.route("**/docs/search.json", type_on, times=1)
    search.fill("listing")
    page.wait_for_url("**/docs/api/errors#listing_not_available")


def test_search_says_so_when_it_finds_nothing(tab: Tab) -> None:
    page = tab.go("/docs")
    page.get_by_role("combobox").fill("<b>zzz</b>")
    page.get_by_text("No results").wait_for()


def test_a_chosen_language_is_shown_everywhere_and_remembered(tab: Tab) -> None:
    page = tab.go("/docs/quickstart")
    page.get_by_text("Python", exact=True).first.click()
    shown = page.locator(".panel:visible .code")
    assert shown.count() == page.locator(".tabs").count()
    assert {shown.nth(n).get_attribute("data-language") for n in range(shown.count())} == {"python"}
    page.reload()
    assert page.locator(".panel:visible .code").first.get_attribute("data-language") == "python"


def test_tabs_work_without_scripts(chromium: Browser, server: Server) -> None:
    page = chromium.new_page(java_script_enabled=False)
    page.goto(server.site + "/docs/webhooks")
    page.get_by_text("Ruby", exact=True).first.click()
    assert page.locator(".panel:visible .code").first.get_attribute("data-language") == "ruby"
    page.close()


@pytest.mark.parametrize("path", ["/docs", *(page.url for page in pages.list_pages())])
def test_no_page_is_wider_than_a_phone(chromium: Browser, server: Server, path: str) -> None:
    page = chromium.new_page(viewport=PHONE)
    page.goto(server.site + path)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.close()
