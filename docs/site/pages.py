"""The pages of the site in the order of the menu, each with its source."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial

import config
from docs.site import catalogues, reference
from docs.site.markdown import RenderedPage, render

FOLDER = config.ROOT / "docs"
LOCAL = "http://localhost:8080"


@dataclass(frozen=True)
class DocsPage:
    """A page at /docs/`path`.

    `group` is its heading in the menu, `about` its summary. `source` returns its Markdown.
    """

    path: str
    group: str
    label: str
    about: str
    source: Callable[[], str]

    @property
    def url(self) -> str:
        return f"/docs/{self.path}"


def read_changelog() -> str:
    """CHANGELOG.md, with links that work on this site."""
    text = (config.ROOT / "CHANGELOG.md").read_text("utf-8")
    return re.sub(r"\]\(docs/([\w/-]+)\.md", r"](/docs/\1", text)


def _markdown_file(name: str) -> Callable[[], str]:
    return partial((FOLDER / f"{name}.md").read_text, "utf-8")


# Browsers render the OpenAPI document itself (reference.html). This Markdown is for all other readers.
REFERENCE = DocsPage(
    "api/reference", "API", "Reference", "Every operation, webhook, field, and limit.", reference.render_reference
)
PAGES = (
    DocsPage(
        "quickstart",
        "Start",
        "Quickstart",
        "From a test key to an order and a webhook in ten minutes.",
        _markdown_file("quickstart"),
    ),
    DocsPage(
        "authentication",
        "Start",
        "Authentication",
        "Get, send, and replace API keys.",
        _markdown_file("authentication"),
    ),
    DocsPage("test-mode", "Start", "Test mode", "Build on test data, then go live.", _markdown_file("test-mode")),
    DocsPage(
        "imports",
        "Start",
        "Import your inventory",
        "Import files of shops and spreadsheets, and export them again.",
        _markdown_file("imports"),
    ),
    DocsPage(
        "clients", "Start", "Postman and clients", "Run the whole API, or generate a client.", _markdown_file("clients")
    ),
    DocsPage(
        "mcp", "Start", "Language models", "Let an assistant read watches and orders, over MCP.", _markdown_file("mcp")
    ),
    REFERENCE,
    DocsPage(
        "idempotency",
        "API",
        "Idempotency",
        "Retry a request without repeating its work.",
        _markdown_file("idempotency"),
    ),
    DocsPage(
        "pagination",
        "API",
        "Pagination and mirroring",
        "Read all pages of a list, and keep an exact copy.",
        _markdown_file("pagination"),
    ),
    DocsPage(
        "rate-limits",
        "API",
        "Rate limits",
        "600 tokens a minute, and how to stay within them.",
        _markdown_file("rate-limits"),
    ),
    DocsPage("api/errors", "API", "Errors", "Every error code, its cause, and what to do.", catalogues.render_errors),
    DocsPage(
        "versioning", "API", "Versioning", "What can change, and what counts as breaking.", _markdown_file("versioning")
    ),
    DocsPage("changelog", "API", "Changelog", "What changed, also as an Atom feed.", read_changelog),
    DocsPage(
        "webhooks",
        "Webhooks",
        "Receiving webhooks",
        "Verify signatures, and rely on delivery guarantees.",
        _markdown_file("webhooks"),
    ),
    DocsPage(
        "mirror",
        "Webhooks",
        "Mirror kit",
        "Keep an exact copy of the hub in your own database.",
        _markdown_file("mirror"),
    ),
    DocsPage(
        "events", "Webhooks", "Event catalogue", "All ten event types with their payloads.", catalogues.render_events
    ),
    DocsPage(
        "self-hosting",
        "Operating",
        "Self-hosting",
        "Run a hub: proxy, databases, backups.",
        _markdown_file("self-hosting"),
    ),
    DocsPage(
        "operations",
        "Operating",
        "Operations",
        "Watch a running hub: probes, metrics, alerts, a dashboard.",
        _markdown_file("operations"),
    ),
    DocsPage(
        "scaling",
        "Operating",
        "Scaling",
        "What limits a machine and a database, disk, and what to split first.",
        _markdown_file("scaling"),
    ),
    DocsPage(
        "security",
        "Operating",
        "Security",
        "Threat model, limits, and the test of each guarantee.",
        _markdown_file("security"),
    ),
    DocsPage(
        "performance",
        "Operating",
        "Performance",
        "The hub beside other stacks that do the same work, and what is slower.",
        _markdown_file("performance"),
    ),
    DocsPage("settings", "Operating", "Settings", "Every environment variable.", _markdown_file("settings")),
    DocsPage("cli", "Operating", "Command line", "Every wth command.", _markdown_file("cli")),
)


def list_pages() -> list[DocsPage]:
    """List the pages, apart from generated files that do not exist yet."""
    rendered_sources = (reference.render_reference, catalogues.render_errors, catalogues.render_events, read_changelog)
    return [page for page in PAGES if page.source in rendered_sources or (FOLDER / f"{page.path}.md").exists()]


def render_markdown(page: DocsPage, public_url: str) -> str:
    """The page's Markdown, with this installation's URL in its commands."""
    return page.source().replace(LOCAL, public_url)


@lru_cache(64)
def render_html(page: DocsPage, public_url: str) -> RenderedPage:
    return render(render_markdown(page, public_url))
