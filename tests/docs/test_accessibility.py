"""Every page of ours through axe, light and dark: WCAG 2.2 AA without a violation."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser

from docs.site import pages
from tests.hub import Server

STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# Scalar's bundle renders the reference. The project's own part of that page is the bar, which all pages share.
OURS = ["/docs", "/docs/nothing", *(page.url for page in pages.list_pages() if page is not pages.REFERENCE)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_violates_wcag(chromium: Browser, server: Server, axe: Path, scheme: Literal["light", "dark"]) -> None:
    context = chromium.new_context(color_scheme=scheme, bypass_csp=True)  # or axe itself could not be put in
    page = context.new_page()
    found: list[str] = []
    for path in OURS:
        page.goto(server.site + path)
        page.add_script_tag(path=axe)
        result = page.evaluate("standard => axe.run({runOnly: standard})", STANDARD)
        found += [f"{path}: {rule['id']} {rule['nodes'][0]['html'][:120]}" for rule in result["violations"]]
        assert len(result["passes"]) > 5
    context.close()
    assert found == []
