"""Imports of inventory files in a browser."""

import io

from tests.dashboard.browser import Browser, page
from tests.worker import work_off


def import_file(browser: Browser, content: bytes) -> str:
    """Upload a file. Returns the path of its preview."""
    response = browser.session.post(
        browser.site + "/inventory/import",
        data={"csrf_token": browser.csrf_token()},
        files={"file": ("stock.csv", io.BytesIO(content), "text/csv")},
        timeout=20,
    )
    return response.url.removeprefix(browser.site)


def finish_import(browser: Browser, path: str) -> str:
    """Run the worker. Returns the text of the import's page."""
    work_off()
    text = page(browser.get(path)).text
    assert "Import complete." in text
    return text
