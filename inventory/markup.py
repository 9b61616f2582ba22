"""Turns the HTML and entities of shops' texts into plain text."""

import html
import re
from html.parser import HTMLParser

from inventory.text_matching import word_set

_TAG = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|b|strong|em|i|u|h[1-6]|table|tbody|tr|td|th|a|img|font|section|article|style|script|"
    r"hr|blockquote|center|meta|small|sup|sub)\b[^<>]*>|<!--",
    re.I,
)
_ENTITY = re.compile(r"&(?:[A-Za-z][A-Za-z0-9]{1,30}|#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6});")
_BLOCKS = word_set("p br div ul ol li h1 h2 h3 h4 h5 h6 table tr section article hr blockquote center")
_PARAGRAPHS = word_set("p div ul ol h1 h2 h3 h4 h5 h6 table section article blockquote")
_HIDDEN = frozenset(("style", "script"))


def to_plain_text(text: str) -> str:
    """Return the text that a browser shows, paragraphs and items as lines.

    Text without a tag or entity stays as it is.
    """
    if not _TAG.search(text):
        return unescape_entities(text)
    reader = _TextReader()
    reader.feed(text)
    reader.close()
    return reader.read_text()


def unescape_entities(text: str) -> str:
    """Replace entities such as "&uuml;". Other "&" stay, as in "Box&Papers"."""
    return html.unescape(text) if _ENTITY.search(text) else text


class _TextReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._hidden: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _HIDDEN:
            self._hidden = self._hidden or tag
        self._break_line(tag)
        if tag == "li":
            self._parts.append("- ")
        elif tag == "td":
            self._parts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = None
        if tag != "li":
            self._break_line(tag)

    def handle_data(self, data: str) -> None:
        if self._hidden is None:
            self._parts.append(re.sub(r"[ \t\r\n]+", " ", data))

    def _break_line(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._parts.append("\n\n" if tag in _PARAGRAPHS else "\n")

    def read_text(self) -> str:
        lines = [" ".join(line.split()) for line in "".join(self._parts).split("\n")]
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
