"""Every page of ours through axe, light and dark: WCAG 2.2 AA without a violation."""

import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from dashboard.docs import pages
from tests.docs.test_browser import CHROMIUM, QUIET
from tests.hub import Server

AXE = "4.10.3"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The reference is drawn by its bundle; what is ours of that page is the bar, which the other pages have too.
OURS = ["/docs", "/docs/nothing", *(page.url for page in pages.present() if page is not pages.REFERENCE)]


@pytest.fixture(scope="module")
def axe(tmp_path_factory: pytest.TempPathFactory) -> str:
    if shutil.which("npm") is None:
        pytest.skip("npm is not on this machine, so axe was not run")
    folder = tmp_path_factory.mktemp("axe")
    command = ["npm", "pack", "--silent", f"axe-core@{AXE}"]
    packed = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if packed.returncode != 0:
        pytest.skip(f"npm could not fetch axe-core {AXE}")
    with tarfile.open(folder / f"axe-core-{AXE}.tgz") as package:
        package.extract("package/axe.min.js", folder, filter="data")
    return (folder / "package" / "axe.min.js").read_text()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip(f"{CHROMIUM} is not on this machine, so axe was not run")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield running
        running.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_violates_wcag(browser: Browser, server: Server, axe: str, scheme: Any) -> None:
    context = browser.new_context(color_scheme=scheme, bypass_csp=True)  # or axe itself could not be put in
    page = context.new_page()
    found: list[str] = []
    for path in OURS:
        page.goto(server.site + path)
        page.evaluate(axe)
        result = page.evaluate("standard => axe.run({runOnly: standard})", STANDARD)
        found += [f"{path}: {rule['id']} {rule['nodes'][0]['html'][:120]}" for rule in result["violations"]]
        assert len(result["passes"]) > 5
    context.close()
    assert found == []
