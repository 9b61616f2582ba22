"""The changelog as a page and as an Atom feed (RFC 4287)."""

from datetime import datetime
from xml.etree import ElementTree

import requests

from docs.site.changelog import list_changes
from spec.releases import list_releases
from tests.docs.reading import Html
from tests.hub import Server

ATOM = "{http://www.w3.org/2005/Atom}"
HUB = "http://hub.test"
SAMPLE = """# Changelog

## Unreleased

Not in the Atom feed.

## 1.3.0 (2026-09-01)

### Changed: a thing

- It is `new` & better.

## 1.2.0 (2026-06-01)

The first.
"""


def get(server: Server, path: str) -> requests.Response:
    response = requests.get(server.site + path, timeout=20)
    assert response.status_code == 200
    return response


def read_atom_feed(server: Server) -> ElementTree.Element:
    response = get(server, "/docs/changelog.atom")
    assert response.headers["Content-Type"] == "application/atom+xml"
    return ElementTree.fromstring(response.content)  # noqa: S314 - the hub's own document


def texts(node: ElementTree.Element, name: str) -> list[str]:
    return [str(each.text) for each in node.findall(ATOM + name)]


def test_atom_feed_and_its_entries_have_what_atom_requires(server: Server) -> None:
    root = read_atom_feed(server)
    entries = root.findall(f"{ATOM}entry")
    for node in (root, *entries):
        ((title,), (identifier,), (updated,)) = (texts(node, name) for name in ("title", "id", "updated"))
        assert title
        assert identifier.startswith(f"{HUB}/")
        assert datetime.fromisoformat(updated).tzinfo is not None
    assert [author.findtext(f"{ATOM}name") for author in root.findall(f"{ATOM}author")] == ["WatchTraderHub"]
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"self": f"{HUB}/docs/changelog.atom", "alternate": f"{HUB}/docs/changelog"}
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == len(entries)


def test_atom_feed_has_every_api_version_with_its_contract(server: Server) -> None:
    root = read_atom_feed(server)
    titles = [entry.findtext(f"{ATOM}title") for entry in root.findall(f"{ATOM}entry")]
    assert [f"API version {version}" for version in list_releases()] == titles
    for link in root.findall(f"{ATOM}entry/{ATOM}link"):
        get(server, str(link.get("href")).removeprefix(HUB))


def test_releases_are_entries_and_unreleased_changes_are_not() -> None:
    newest, oldest = list_changes(SAMPLE)
    assert (newest.title, newest.path, newest.date) == (
        "Release 1.3.0",
        "/docs/changelog#1.3.0-2026-09-01",
        "2026-09-01",
    )
    assert "<code>new</code> &amp; better" in newest.html
    assert (oldest.title, oldest.date, "first" in oldest.html) == ("Release 1.2.0", "2026-06-01", True)


def test_page_shows_the_changelog_and_names_the_atom_feed(server: Server) -> None:
    html = Html.of(get(server, "/docs/changelog").text)
    assert "unreleased" in html.ids
    assert "/docs/changelog.atom" in html.loads
    assert "/docs/authentication#keep-keys-safe" in html.links
