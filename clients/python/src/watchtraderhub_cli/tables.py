"""Plain-text tables, free of control characters that a terminal would obey."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

# C0, DEL and C1, lone surrogates, and the marks that reverse the order of the text around them
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]+")


def render_table(header: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> str:
    """Render rows in aligned columns. Without rows, return the sentence `empty`."""
    if not rows:
        return empty
    lines = [list(header), *[["" if cell is None else to_line(str(cell)) for cell in row] for row in rows]]
    widths = [max(map(len, column)) for column in zip(*lines)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def to_line(text: str) -> str:
    """Replace each run of control characters and line breaks with a space."""
    return _UNPRINTABLE.sub(" ", text)
