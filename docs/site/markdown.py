"""Renders Markdown to HTML, with headings, anchors and text for the search index."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from docs.site.html_renderer import HtmlRenderer, parse_info

BREAK_TOKENS = ("softbreak", "hardbreak")
TEXT_TOKENS = ("text", "code_inline", *BREAK_TOKENS)
NOT_IN_SLUGS = re.compile(r"[^\w\s.-]")


@dataclass
class Heading:
    level: int
    anchor: str
    text: str


@dataclass
class RenderedPage:
    """A rendered page.

    `html` and `headings` are without the title. `texts` is the plain text before the first heading, then the text below
    each heading: one entry more than `headings`.
    """

    title: str = ""
    html: str = ""
    headings: list[Heading] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


def render(source: str) -> RenderedPage:
    """Render Markdown. HTML in the source is shown as text; comments are dropped."""
    tokens = _create_parser().parse(source)
    page = RenderedPage(texts=[""])
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            _add_heading(page, token, tokens[index + 1])
        elif token.type in ("inline", "fence", "code_block") and tokens[index - 1].type != "heading_open":
            page.texts[-1] += " " + _plain_text(token)
    parser = _create_parser()
    page.html = parser.renderer.render(list(_group_tabs(_drop_title(tokens))), parser.options, {})
    return page


def slugify(text: str) -> str:
    """Turn "What you can rely on" into "what-you-can-rely-on".

    Error codes and event types do not change.
    """
    return re.sub(r"\s+", "-", NOT_IN_SLUGS.sub("", text.lower()).strip())


def _add_heading(page: RenderedPage, token: Token, inline: Token) -> None:
    text = _plain_text(inline)
    if token.tag == "h1":
        page.title = text
        return
    taken = {heading.anchor for heading in page.headings}
    anchor = slugify(text)
    if anchor in taken:
        anchor = f"{anchor}-{len(taken)}"
    token.attrSet("id", anchor)
    page.headings.append(Heading(int(token.tag[1]), anchor, text))
    page.texts.append("")


def _drop_title(tokens: list[Token]) -> list[Token]:
    """Drop the first h1, which is three tokens: its opening, its text and its end."""
    start = next((index for index, token in enumerate(tokens) if token.tag == "h1"), None)
    return tokens if start is None else tokens[:start] + tokens[start + 3 :]


def _plain_text(token: Token) -> str:
    if token.type in ("fence", "code_block"):
        return token.content
    children = [child for child in token.children or [] if child.type in TEXT_TOKENS]
    return "".join(" " if child.type in BREAK_TOKENS else child.content for child in children)


def _group_tabs(tokens: Sequence[Token]) -> Iterator[Token]:
    """Merge adjacent code blocks that have a `tab` into one token."""
    group: list[Token] = []
    for token in tokens:
        if token.type == "fence" and "tab" in parse_info(token):
            group.append(token)
            continue
        yield from _tabs_token(group)
        group = []
        yield token
    yield from _tabs_token(group)


def _tabs_token(group: list[Token]) -> Iterator[Token]:
    if group:
        yield Token("tabs", "", 0, children=group)


def _create_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    renderer = HtmlRenderer()
    rules: dict[str, Any] = parser.renderer.rules  # type: ignore[attr-defined] # the protocol does not name it
    rules |= {
        "fence": renderer.fence,
        "code_block": renderer.fence,
        "tabs": renderer.tabs,
        "heading_close": renderer.heading_close,
    }
    rules |= {"html_block": renderer.raw_html, "html_inline": renderer.raw_html}
    rules |= {"table_open": renderer.table_open, "table_close": renderer.table_close}
    return parser
