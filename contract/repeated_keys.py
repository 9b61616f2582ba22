"""Finds keys that occur twice in one object of a JSON body.

RFC 8259 section 4 leaves their meaning open: parsers keep the first value, the last, or both. A gateway or a log could
read another `price_eur` than the hub, so such a body is rejected.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from contract.validation_messages import json_path

MAX_KEY = 200  # characters of a key that a message repeats


def find_repeated_key(body: bytes) -> str:
    """Return the JSON path of a key that the body repeats in one object.

    `body` must be valid JSON of limited depth: orjson has no hook for keys, so this parses it again, recursively.
    """
    objects: list[tuple[dict[str, Any], str]] = []

    def collect(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            objects.append((fields, Counter(name for name, _ in pairs).most_common(1)[0][0]))
        return fields

    root = json.loads(body.decode(), object_pairs_hook=collect)
    # An object is complete after those inside it, so nothing has replaced the last one.
    target, name = objects[-1]
    return json_path([*next(_locate(root, target)), name[:MAX_KEY]])


def _locate(value: Any, target: dict[str, Any]) -> Iterator[list[Any]]:
    """Find the path of `target`, as keys and indexes."""
    if value is target:
        yield []
    elif isinstance(value, (dict, list)):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        yield from (
            [key[:MAX_KEY] if isinstance(key, str) else key, *path]
            for key, entry in entries
            for path in _locate(entry, target)
        )
