"""Tabs of a real browser, and dealers whose pages it looks at."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.chromium import DESKTOP, sign_in
from tests.browser.stage import EMAIL, PASSWORD, Stage, set_empty_stage, set_stage
from tests.conftest import Receiver, Server


@pytest.fixture
def tab(chromium: Any, server: Server) -> Iterator[Any]:
    """A fresh browser; the test fails when a page reports an error or asks another host."""
    context = chromium.new_context(viewport=DESKTOP)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "console", lambda said: troubles.append(said.text) if said.type == "error" and "422" not in said.text else None
    )
    page.on(
        "request", lambda request: troubles.append(request.url) if not request.url.startswith(server.site) else None
    )
    yield page
    context.close()
    assert not troubles


@pytest.fixture
def stage(receiver: Receiver) -> Stage:
    """A dealer with a busy sandbox."""
    return set_stage(receiver)


@pytest.fixture
def first_day(tab: Any, server: Server) -> Any:
    """The tab of a new dealer's owner, signed in, with nothing set up yet."""
    set_empty_stage()
    sign_in(tab, server.site, EMAIL, PASSWORD)
    return tab
