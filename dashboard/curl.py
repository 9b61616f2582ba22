"""Renders a delivery attempt as a curl command."""

import shlex
from collections.abc import Mapping


def render_curl(url: str, headers: Mapping[str, str] | None, body: str) -> str:
    """Render a POSIX shell command that sends the same bytes again.

    Every value is quoted, because bodies hold buyers' text.
    """
    options = [f"  -H {shlex.quote(f'{name}: {value}')}" for name, value in (headers or {}).items()]
    return " \\\n".join([f"curl -X POST {shlex.quote(url)}", *options, f"  --data-binary {shlex.quote(body)}"])
