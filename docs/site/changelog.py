"""The Atom feed (RFC 4287) of releases of the hub and versions of the API."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from docs.site import pages
from docs.site.content import Content
from docs.site.markdown import render, slugify
from spec.releases import list_releases

ATOM_PATH = "/docs/changelog.atom"
ATOM_TYPE = "application/atom+xml"
NAMESPACE = "http://www.w3.org/2005/Atom"
RELEASE = re.compile(
    r"^## (?P<version>\S+) \((?P<date>\d{4}-\d{2}-\d{2})\)\n(?P<text>.*?)(?=^## |\Z)", re.DOTALL | re.M
)


@dataclass(frozen=True)
class AtomEntry:
    """A release. `path` is its address on this hub, `date` is an ISO 8601 date."""

    title: str
    path: str
    date: str
    html: str


def render_atom_feed(public_url: str) -> dict[str, Content]:
    """Render the Atom feed by its path, newest entry first."""
    entries = [*_list_versions(), *list_changes(pages.read_changelog())]
    entries.sort(key=lambda entry: entry.date, reverse=True)
    return {ATOM_PATH: Content(_render_atom(entries, public_url), ATOM_TYPE)}


def list_changes(changelog: str) -> Iterator[AtomEntry]:
    """List the releases in a changelog, which have a date."""
    for found in RELEASE.finditer(changelog):
        anchor = slugify(f"{found['version']} ({found['date']})")
        html = render(found["text"]).html
        yield AtomEntry(f"Release {found['version']}", f"/docs/changelog#{anchor}", found["date"], html)


def _list_versions() -> Iterator[AtomEntry]:
    for version in list_releases():
        path = f"/openapi/{version}.json"
        yield AtomEntry(f"API version {version}", path, version, f'<p>Its contract: <a href="{path}">{path}</a>.</p>')


def _render_atom(entries: list[AtomEntry], public_url: str) -> bytes:
    ElementTree.register_namespace("", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}feed", {"xml:base": public_url})
    _add(root, "title", "WatchTraderHub changelog")
    _add(root, "id", public_url + ATOM_PATH)
    _add(root, "updated", _midnight(entries[0].date))
    _add(_add(root, "author"), "name", "WatchTraderHub")
    _add(root, "link", rel="self", type=ATOM_TYPE, href=public_url + ATOM_PATH)
    _add(root, "link", rel="alternate", type="text/html", href=f"{public_url}/docs/changelog")
    for entry in entries:
        _add_entry(root, entry, public_url)
    xml: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return xml


def _add_entry(root: ElementTree.Element, entry: AtomEntry, public_url: str) -> None:
    node = _add(root, "entry")
    _add(node, "title", entry.title)
    _add(node, "id", public_url + entry.path)
    _add(node, "updated", _midnight(entry.date))
    _add(node, "link", rel="alternate", href=public_url + entry.path)
    _add(node, "content", entry.html, type="html")


def _add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
    node = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{name}", attributes)
    node.text = text
    return node


def _midnight(date: str) -> str:
    return f"{date}T00:00:00Z"
