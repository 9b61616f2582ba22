"""Which pages there are, in the order of the menu, and where the text of each comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import config
from dashboard.docs import catalogues, operations
from dashboard.docs.markup import Rendered, render

FOLDER = config.ROOT / "docs"
LOCAL = "http://localhost:8080"


@dataclass(frozen=True)
class Page:
    """`path` stands below /docs; `source` gives the Markdown."""

    path: str
    group: str
    label: str
    source: Callable[[], str]

    @property
    def url(self) -> str:
        return f"/docs/{self.path}"


def _file(name: str) -> Callable[[], str]:
    return partial((FOLDER / f"{name}.md").read_text, "utf-8")


# For people an application draws it from the contract document; the Markdown is for other readers.
REFERENCE = Page("api/reference", "API", "Reference", operations.reference)
PAGES = (
    Page("quickstart", "Start", "Quickstart", _file("quickstart")),
    Page("authentication", "Start", "Authentication", _file("authentication")),
    Page("test-mode", "Start", "Test mode", _file("test-mode")),
    Page("clients", "Start", "Postman and clients", _file("clients")),
    REFERENCE,
    Page("idempotency", "API", "Idempotency", _file("idempotency")),
    Page("pagination", "API", "Pagination and mirroring", _file("pagination")),
    Page("rate-limits", "API", "Rate limits", _file("rate-limits")),
    Page("api/errors", "API", "Errors", catalogues.errors),
    Page("versioning", "API", "Versioning", _file("versioning")),
    Page("webhooks", "Webhooks", "Receiving webhooks", _file("webhooks")),
    Page("events", "Webhooks", "Event catalogue", catalogues.events),
    Page("self-hosting", "Operating", "Self-hosting", _file("self-hosting")),
    Page("settings", "Operating", "Settings", _file("settings")),
    Page("cli", "Operating", "Command line", _file("cli")),
)


def present() -> list[Page]:
    """All pages but those whose file has not been generated."""
    written = (operations.reference, catalogues.errors, catalogues.events)
    return [page for page in PAGES if page.source in written or (FOLDER / f"{page.path}.md").exists()]


def markdown(page: Page, public_url: str) -> str:
    """The page's text with this installation's address in its commands."""
    return page.source().replace(LOCAL, public_url)


@lru_cache(64)
def rendered(page: Page, public_url: str) -> Rendered:
    return render(markdown(page, public_url))


def summary(page: Page, public_url: str) -> str:
    """The first sentence."""
    return rendered(page, public_url).texts[0].strip().split(". ")[0].rstrip(".") + "."
