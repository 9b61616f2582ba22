"""Reads the documentation as a visitor's browser and a careful reader would."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path

import config

FOLDER = config.ROOT / "docs"
BLOCK = re.compile(r"^```(?P<language>\w+)(?P<rest>[^\n]*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)


@dataclass
class Html(HTMLParser):
    """The links, resources and anchors of a page."""

    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    @classmethod
    def of(cls, text: str) -> "Html":
        page = cls()
        page.feed(text)
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in named:
            self.links.append(named["href"])
        if tag in ("script", "img", "link", "iframe"):
            self.loads.append(named.get("src") or named.get("href", ""))
        if "id" in named:
            self.ids.append(named["id"])
        is_inline_script = tag == "script" and "src" not in named
        if is_inline_script or tag == "style" or "style" in named or any(name.startswith("on") for name in named):
            self.inline.append(f"<{tag} {named}>")


@dataclass(frozen=True)
class Block:
    """A code block of a page."""

    language: str
    tab: str | None
    text: str


def blocks(page: str, language: str | None = None) -> Iterator[Block]:
    """The code blocks of a page, or those in one language."""
    for found in BLOCK.finditer((FOLDER / f"{page}.md").read_text()):
        tab = re.search(r'tab="([^"]+)"', found["rest"])
        if language in (None, found["language"]):
            yield Block(found["language"], tab[1] if tab else None, found["text"])


def code(page: str, tab: str) -> str:
    """All blocks of a tab, one after the other, as a reader would run them."""
    return "\n".join(block.text for block in blocks(page) if block.tab == tab)


def pages() -> list[Path]:
    return sorted(FOLDER.glob("*.md"))
