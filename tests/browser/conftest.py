"""Fixtures: a tab of a real browser, and dealers with data to look at."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import DESKTOP, sign_in
from tests.browser.stage import EMAIL, PASSWORD, Stage, create_empty_stage, create_stage
from tests.hub import Server
from tests.receiver import Receiver


@pytest.fixture
def tab(chromium: Browser, server: Server) -> Iterator[Page]:
    """A new browser context. The test fails if a page logs an error or loads from another host."""
    context = chromium.new_context(viewport=DESKTOP)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda message: errors.append(message.text) if message.type == "error" and "422" not in message.text else None,
    )
    page.on("request", lambda request: errors.append(request.url) if not request.url.startswith(server.site) else None)
    yield page
    context.close()
    assert not errors


@pytest.fixture
def stage(receiver: Receiver) -> Stage:
    """A dealer with a full sandbox."""
    return create_stage(receiver)


@pytest.fixture
def first_day(tab: Page, server: Server) -> Page:
    """A tab in which a new dealer's owner is signed in. Nothing is set up yet."""
    create_empty_stage()
    sign_in(tab, server.site, EMAIL, PASSWORD)
    return tab
