"""Renders code blocks, tabs, headings and tables.

For other tokens, markdown-it's own HTML suffices.
"""

import shlex
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it.token import Token
from pygments import highlight  # type: ignore[import-untyped] # has no stubs here
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped] # has no stubs here
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped] # has no stubs here
from pygments.util import ClassNotFound  # type: ignore[import-untyped] # has no stubs here

FORMATTER = HtmlFormatter(nowrap=True)


class HtmlRenderer:
    """Renderer rules for markdown-it, one method per token type."""

    def __init__(self) -> None:
        self.tab_groups = 0

    def fence(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        return _render_code(tokens[index])

    def tabs(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Render tabs as radio buttons and panels.

        They work with the keyboard and without JavaScript.
        """
        self.tab_groups += 1
        buttons, panels = [], []
        for number, block in enumerate(tokens[index].children or []):
            name, input_id = parse_info(block)["tab"], f"tab-{self.tab_groups}-{number}"
            checked = " checked" if number == 0 else ""
            buttons.append(
                f'<input type="radio" name="tabs-{self.tab_groups}" id="{input_id}" data-tab="{escape(name)}"{checked}>'
                f'<label for="{input_id}">{escape(name)}</label>'
            )
            panels.append(f'<div class="panel">{_render_code(block)}</div>')
        return f'<div class="tabs" role="group" aria-label="Languages">{"".join(buttons)}{"".join(panels)}</div>\n'

    def raw_html(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Drop comments, and show any other HTML as text."""
        content = tokens[index].content
        return "" if content.lstrip().startswith("<!--") else escape(content)

    def heading_close(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        opening = tokens[index - 2]
        anchor = opening.attrGet("id")
        link = f' <a class="anchor" href="#{anchor}" aria-label="Link to this section">#</a>' if anchor else ""
        return f"{link}</{tokens[index].tag}>\n"

    def table_open(self, *_: Any) -> str:
        return '<div class="table" tabindex="0" role="region" aria-label="Table"><table>\n'

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"


def parse_info(token: Token) -> dict[str, str]:
    """Parse a fence's info string into language, tab and file.

    An example is `python tab="Python" file="verify.py"`. Without a language it is "text".
    """
    words = shlex.split(token.info)
    attributes = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    return {"language": words[0] if words else "text", **attributes}


def _render_code(token: Token) -> str:
    attributes = parse_info(token)
    language = attributes["language"]
    file = attributes.get("file")
    caption = f'<a class="file" href="/docs/{escape(file)}" download>{escape(file)}</a>' if file else ""
    content = _highlight(token.content, language)
    return (
        f'<div class="code" data-language="{escape(language)}">{caption}'
        f'<pre tabindex="0"><code>{content}</code></pre></div>\n'
    )


def _highlight(content: str, language: str) -> str:
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return escape(content)
    html: str = highlight(content, lexer, FORMATTER)
    return html
