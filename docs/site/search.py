"""The search index: JSON with a row per section of a page and per operation.

The browser loads and searches it.
"""

import json
from collections.abc import Iterator
from typing import Any

from docs.site.pages import REFERENCE, DocsPage, render_html
from spec.document import operations, read_document

MAX_TEXT_CHARACTERS = 1500


def render_index(pages: list[DocsPage], public_url: str) -> bytes:
    """Render the index: a list of [URL, page, heading, text]."""
    rows = [row for page in pages if page is not REFERENCE for row in _sections(page, public_url)]
    return json.dumps([*rows, *_operations()], ensure_ascii=False, separators=(",", ":")).encode()


def _sections(page: DocsPage, public_url: str) -> Iterator[list[str]]:
    rendered = render_html(page, public_url)
    sections = [("", page.label), *((f"#{heading.anchor}", heading.text) for heading in rendered.headings)]
    for (fragment, heading), text in zip(sections, rendered.texts, strict=True):
        yield [page.url + fragment, page.label, heading, " ".join(text.split())[:MAX_TEXT_CHARACTERS]]


def _operations() -> Iterator[list[str]]:
    """Rows for operations and webhooks.

    The URL fragments are those of the Scalar API reference.
    """
    document = read_document()
    for path, method, operation in operations(document):
        fragment = f"tag/{operation['tags'][0].lower()}/{method.upper()}{path}"
        yield [f"/docs/api/reference#{fragment}", "Reference", f"{method.upper()} {path}", _summary(operation)]
    for event_type, _, operation in operations(document, "webhooks"):
        fragment = f"tag/webhooks/webhook/POST/{event_type}"
        yield [f"/docs/api/reference#{fragment}", "Reference", f"Webhook {event_type}", _summary(operation)]


def _summary(operation: dict[str, Any]) -> str:
    return " ".join(f"{operation['summary']}. {operation['description']}".split())[:MAX_TEXT_CHARACTERS]
