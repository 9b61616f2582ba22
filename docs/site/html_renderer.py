"""How code, tabs, headings and tables of a page look as HTML."""

import shlex
from collections.abc import Sequence
from html import escape
from typing import Any

from markdown_it.token import Token
from pygments import highlight  # type: ignore[import-untyped] # has no stubs here
from pygments.formatters import HtmlFormatter  # type: ignore[import-untyped] # has no stubs here
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped] # has no stubs here
from pygments.util import ClassNotFound  # type: ignore[import-untyped] # has no stubs here

CODE = HtmlFormatter(nowrap=True)


class HtmlRenderer:
    """The tokens that CommonMark's own rules do not draw as we want them."""

    def __init__(self) -> None:
        self.groups = 0

    def fence(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        return _code(tokens[index])

    def tabs(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
        """Radio buttons and panels: works with the keyboard and without scripts."""
        self.groups += 1
        buttons, panels = [], []
        for number, block in enumerate(tokens[index].children or []):
            name, key = attributes_of(block)["tab"], f"tab-{self.groups}-{number}"
            checked = " checked" if number == 0 else ""
            buttons.append(
                f'<input type="radio" name="tabs-{self.groups}" id="{key}" data-tab="{escape(name)}"{checked}>'
                f'<label for="{key}">{escape(name)}</label>'
            )
            panels.append(f'<div class="panel">{_code(block)}</div>')
        return f'<div class="tabs" role="group" aria-label="Languages">{"".join(buttons)}{"".join(panels)}</div>\n'

    def html(self, tokens: Sequence[Token], index: int, *_: Any) -> str:
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


def attributes_of(token: Token) -> dict[str, str]:
    """`python tab="Python" file="verify.py"` → language, tab, file."""
    words = shlex.split(token.info)
    named = dict(word.split("=", 1) for word in words[1:] if "=" in word)
    return {"language": words[0] if words else "text", **named}


def _code(token: Token) -> str:
    attributes = attributes_of(token)
    language = attributes["language"]
    file = attributes.get("file")
    caption = f'<a class="file" href="/docs/{escape(file)}" download>{escape(file)}</a>' if file else ""
    content = _highlighted(token.content, language)
    return (
        f'<div class="code" data-language="{escape(language)}">{caption}'
        f'<pre tabindex="0"><code>{content}</code></pre></div>\n'
    )


def _highlighted(content: str, language: str) -> str:
    try:
        lexer = get_lexer_by_name(language)
    except ClassNotFound:
        return escape(content)
    shown: str = highlight(content, lexer, CODE)
    return shown
