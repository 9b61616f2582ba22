"""Which pages there are, in the order of the menu, and where the text of each comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import config
from docs.site import catalogues, reference
from docs.site.markdown import Rendered, render

FOLDER = config.ROOT / "docs"
LOCAL = "http://localhost:8080"


@dataclass(frozen=True)
class DocsPage:
    """`path` stands below /docs; `source` gives the Markdown."""

    path: str
    group: str
    label: str
    about: str
    source: Callable[[], str]

    @property
    def url(self) -> str:
        return f"/docs/{self.path}"


def _file(name: str) -> Callable[[], str]:
    return partial((FOLDER / f"{name}.md").read_text, "utf-8")


# For people an application draws it from the contract document; the Markdown is for other readers.
REFERENCE = DocsPage(
    "api/reference", "API", "Reference", "Every operation, webhook, field, and limit.", reference.reference
)
PAGES = (
    DocsPage(
        "quickstart",
        "Start",
        "Quickstart",
        "From a test key to an order and a webhook in ten minutes.",
        _file("quickstart"),
    ),
    DocsPage("authentication", "Start", "Authentication", "Get, send, and replace API keys.", _file("authentication")),
    DocsPage("test-mode", "Start", "Test mode", "Build on test data, then go live.", _file("test-mode")),
    DocsPage("clients", "Start", "Postman and clients", "Run the whole API, or generate a client.", _file("clients")),
    REFERENCE,
    DocsPage("idempotency", "API", "Idempotency", "Retry a request without repeating its work.", _file("idempotency")),
    DocsPage(
        "pagination",
        "API",
        "Pagination and mirroring",
        "Read all pages of a list, and keep an exact copy.",
        _file("pagination"),
    ),
    DocsPage(
        "rate-limits", "API", "Rate limits", "600 tokens a minute, and how to stay within them.", _file("rate-limits")
    ),
    DocsPage("api/errors", "API", "Errors", "Every error code, its cause, and what to do.", catalogues.errors),
    DocsPage("versioning", "API", "Versioning", "What can change, and what counts as breaking.", _file("versioning")),
    DocsPage(
        "webhooks",
        "Webhooks",
        "Receiving webhooks",
        "Verify signatures, and rely on delivery guarantees.",
        _file("webhooks"),
    ),
    DocsPage("events", "Webhooks", "Event catalogue", "All ten event types with their payloads.", catalogues.events),
    DocsPage(
        "self-hosting", "Operating", "Self-hosting", "Run a hub: proxy, databases, backups.", _file("self-hosting")
    ),
    DocsPage("settings", "Operating", "Settings", "Every environment variable.", _file("settings")),
    DocsPage("cli", "Operating", "Command line", "Every wth command.", _file("cli")),
)


def list_pages() -> list[DocsPage]:
    """All pages but those whose file has not been generated."""
    written = (reference.reference, catalogues.errors, catalogues.events)
    return [page for page in PAGES if page.source in written or (FOLDER / f"{page.path}.md").exists()]


def markdown(page: DocsPage, public_url: str) -> str:
    """The page's text with this installation's address in its commands."""
    return page.source().replace(LOCAL, public_url)


@lru_cache(64)
def rendered(page: DocsPage, public_url: str) -> Rendered:
    return render(markdown(page, public_url))
