"""Every page passes axe's WCAG 2.2 AA rules in both schemes and sizes, and fits the width of a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import DESKTOP, PHONE, sign_in
from tests.browser.screenshots import pages
from tests.browser.stage import EMAIL, PASSWORD, Stage
from tests.hub import Server

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = "async (tags) => (await axe.run(document, {runOnly: tags})).violations"


@pytest.fixture(
    params=[("light", DESKTOP), ("dark", DESKTOP), ("light", PHONE), ("dark", PHONE)],
    ids=["light", "dark", "phone", "dark phone"],
)
def page(request: pytest.FixtureRequest, chromium: Browser, server: Server) -> Iterator[Page]:
    scheme, viewport = request.param
    context = chromium.new_context(viewport=viewport, color_scheme=scheme, bypass_csp=True)
    yield context.new_page()
    context.close()


def find_violations(page: Page, axe: Path) -> list[str]:
    page.add_script_tag(path=axe)
    found = page.evaluate(RUN, RULES)
    return [f"{violation['id']}: {node['html'][:200]}" for violation in found for node in violation["nodes"]]


def test_no_page_violates_wcag(page: Page, axe: Path, stage: Stage, server: Server) -> None:
    page.goto(f"{server.site}/sign-in")
    found = {"sign-in": find_violations(page, axe)}
    sign_in(page, server.site, EMAIL, PASSWORD)
    for name, path in pages(stage).items():
        page.goto(server.site + path)
        found[name] = find_violations(page, axe)
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_questions_and_errors_do_not_violate_wcag(page: Page, axe: Path, stage: Stage, server: Server) -> None:
    sign_in(page, server.site, EMAIL, PASSWORD)
    page.goto(f"{server.site}/channels/custom/settings")
    for summary in page.locator("details.disclosure > summary").all():
        summary.click()
    assert find_violations(page, axe) == []
    page.goto(f"{server.site}/inventory/new")
    page.locator("form.card").evaluate("form => { form.noValidate = true }")
    page.get_by_role("button", name="Add to inventory").click()
    assert page.get_by_text("This field is required.").count() == 3
    assert find_violations(page, axe) == []


def test_nothing_runs_over_the_edge_of_a_phone(chromium: Browser, stage: Stage, server: Server) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640})
    tab = context.new_page()
    sign_in(tab, server.site, EMAIL, PASSWORD)
    for name, path in pages(stage).items():
        tab.goto(server.site + path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= 320, name
    context.close()
