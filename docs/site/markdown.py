"""Markdown to HTML: a page's title, its headings with anchors, and its text for the search."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.site.html_renderer import HtmlRenderer, attributes_of

NOT_IN_ANCHORS = re.compile(r"[^\w\s.-]")


@dataclass
class Heading:
    level: int
    anchor: str
    text: str


@dataclass
class Rendered:
    """A page: its title, its HTML without the title, its headings below the title, and its text by heading."""

    title: str = ""
    html: str = ""
    headings: list[Heading] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def render(source: str) -> Rendered:
    """Raw HTML in the source is not passed on; comments vanish."""
    tokens = _markdown().parse(source)
    page = Rendered(texts=[""])
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            _note_heading(page, token, tokens[index + 1])
        elif token.type in ("inline", "fence", "code_block") and tokens[index - 1].type != "heading_open":
            page.texts[-1] += " " + _plain(token)
    markdown = _markdown()
    page.html = markdown.renderer.render(list(_with_tabs(_without_title(tokens))), markdown.options, {})
    return page


def anchor_of(text: str) -> str:
    """`What you can rely on` → `what-you-can-rely-on`; codes and event types stay as they are."""
    return re.sub(r"\s+", "-", NOT_IN_ANCHORS.sub("", text.lower()).strip())


def _note_heading(page: Rendered, token: Token, inline: Token) -> None:
    text = _plain(inline)
    if token.tag == "h1":
        page.title = text
        return
    taken = {heading.anchor for heading in page.headings}
    anchor = anchor_of(text)
    if anchor in taken:
        anchor = f"{anchor}-{len(taken)}"
    token.attrSet("id", anchor)
    page.headings.append(Heading(int(token.tag[1]), anchor, text))
    page.texts.append("")


def _without_title(tokens: list[Token]) -> list[Token]:
    at = next((index for index, token in enumerate(tokens) if token.tag == "h1"), None)
    return tokens if at is None else tokens[:at] + tokens[at + 3 :]


def _plain(token: Token) -> str:
    if token.type in ("fence", "code_block"):
        return token.content
    spoken = {"text": None, "code_inline": None, "softbreak": " ", "hardbreak": " "}
    return "".join(spoken[child.type] or child.content for child in token.children or [] if child.type in spoken)


def _with_tabs(tokens: Sequence[Token]) -> Iterator[Token]:
    """Neighbouring code blocks that name a tab become one token."""
    group: list[Token] = []
    for token in tokens:
        if token.type == "fence" and "tab" in attributes_of(token):
            group.append(token)
            continue
        yield from _tabs(group)
        group = []
        yield token
    yield from _tabs(group)


def _tabs(group: list[Token]) -> Iterator[Token]:
    if group:
        yield Token("tabs", "", 0, children=group)


def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": True}).enable("table")
    drawing = HtmlRenderer()
    rules: dict[str, Any] = made.renderer.rules  # type: ignore[attr-defined] # the protocol does not name it
    rules |= {
        "fence": drawing.fence,
        "code_block": drawing.fence,
        "tabs": drawing.tabs,
        "heading_close": drawing.heading_close,
    }
    rules |= {"html_block": drawing.html, "html_inline": drawing.html}
    rules |= {"table_open": drawing.table_open, "table_close": drawing.table_close}
    return made
