"""Plain text for people: tables and lists of facts, without anything that a terminal would obey."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from spec.characters import to_single_line


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], *, empty: str) -> str:
    """Columns as wide as their widest cell, or the sentence `empty` when there are no rows."""
    if not rows:
        return empty
    lines = [header, *[[shown(cell) for cell in row] for row in rows]]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join("  ".join(map(str.ljust, line, widths)).rstrip() for line in lines)


def facts(values: Mapping[str, Any]) -> str:
    """One fact a line, the names in a column of their own."""
    width = max(map(len, values))
    return "\n".join(f"{name.ljust(width)}  {shown(value)}".rstrip() for name, value in values.items())


def shown(value: Any) -> str:
    """One line: yes and no for switches, nothing for None, JSON for what has parts, no control characters."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    return to_single_line(text)
