"""An attempt as a command line that sends the same bytes again."""

import shlex
from collections.abc import Mapping


def as_curl(url: str, headers: Mapping[str, str] | None, body: str) -> str:
    """For a POSIX shell; every value is quoted, for bodies hold what buyers wrote."""
    said = [f"  -H {shlex.quote(f'{name}: {value}')}" for name, value in (headers or {}).items()]
    return " \\\n".join([f"curl -X POST {shlex.quote(url)}", *said, f"  --data-binary {shlex.quote(body)}"])
