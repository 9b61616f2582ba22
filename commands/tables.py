"""Plain-text tables and field lists.

They are free of control characters that a terminal would obey.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from spec.characters import to_single_line


def render_table(header: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> str:
    """Render rows in aligned columns. Without rows, return the sentence `empty`."""
    if not rows:
        return empty
    lines = [header, *[[format_value(cell) for cell in row] for row in rows]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def render_fields(values: Mapping[str, Any]) -> str:
    """Render one field per line, with aligned names."""
    width = max(map(len, values))
    return "\n".join(f"{name.ljust(width)}  {format_value(value)}".rstrip() for name, value in values.items())


def format_value(value: Any) -> str:
    """Format a value on one line.

    Booleans are yes or no, None is empty, and lists and objects are JSON.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return to_single_line(text)
