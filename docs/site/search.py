"""The search index: one row per section of every page and per operation, as JSON for the browser to look through."""

import json
from collections.abc import Iterator
from typing import Any

from docs.site.pages import REFERENCE, DocsPage, rendered
from spec.document import read_document

LONGEST_TEXT = 1500


def index(pages: list[DocsPage], public_url: str) -> bytes:
    """Rows of address, page, heading and text."""
    rows = [row for page in pages if page is not REFERENCE for row in _sections(page, public_url)]
    return json.dumps([*rows, *_operations()], ensure_ascii=False, separators=(",", ":")).encode()


def _sections(page: DocsPage, public_url: str) -> Iterator[list[str]]:
    shown = rendered(page, public_url)
    places = [("", page.label), *((f"#{heading.anchor}", heading.text) for heading in shown.headings)]
    for (anchor, heading), text in zip(places, shown.texts, strict=True):
        yield [page.url + anchor, page.label, heading, " ".join(text.split())[:LONGEST_TEXT]]


def _operations() -> Iterator[list[str]]:
    document = read_document()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            place = f"tag/{operation['tags'][0].lower()}/{method.upper()}{path}"
            yield [f"/docs/api/reference#{place}", "Reference", f"{method.upper()} {path}", _about(operation)]
    for event_type, item in document["webhooks"].items():
        place = f"tag/webhooks/webhook/POST/{event_type}"
        yield [f"/docs/api/reference#{place}", "Reference", f"Webhook {event_type}", _about(item["post"])]


def _about(operation: dict[str, Any]) -> str:
    return " ".join(f"{operation['summary']}. {operation['description']}".split())[:LONGEST_TEXT]
