"""Parses JSON bodies, and finds out cheaply what is wrong with them.

A body of 1 MiB can have 500,000 values. All of this runs on the event loop, so the work is bounded before it begins.
"""

from typing import Any

import jsonschema_rs
import orjson

from contract.repeated_keys import find_repeated_key
from errors import Refusal

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
MAX_DEPTH = 100  # the schema validator fails at 255
MAX_VALUES = 20_000  # three times as many as the largest valid body has
MAX_ENTRIES = 200  # of one list or object that are searched for an error, more than any schema allows


def parse_json(raw: bytes) -> Any:
    """Parse a body.

    Raises `invalid_json`, also for too many values, too many levels, and a key that occurs twice in an object.
    """
    if _count_separators(raw) > MAX_VALUES and _count_separators(_without_strings(raw)) > MAX_VALUES:
        message = f"The body has more than {MAX_VALUES:,} values. Send fewer rows per request."
        raise Refusal("invalid_json", message, param="$")
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        location = f"line {error.lineno}, column {error.colno}"
        message = f"The body is not valid JSON in UTF-8. Correct it at {location}."
        raise Refusal("invalid_json", message, param="$") from None
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _is_too_deep(body):
        message = f"The body is nested more than {MAX_DEPTH} levels deep. Send a flatter body."
        raise Refusal("invalid_json", message, param="$")
    if _without_strings(raw).count(b":") != _count_keys(body):  # each key has a colon
        raise _repeated_key(raw)
    return body


def without_byte_order_mark(raw: bytes) -> bytes:
    """Remove the mark that some clients in .NET and PowerShell send first.

    RFC 8259 section 8.1 allows to ignore it.
    """
    return raw.removeprefix(BYTE_ORDER_MARK)


def find_error(schema: jsonschema_rs.Draft202012Validator, body: Any) -> jsonschema_rs.ValidationError | None:
    """Return the first error of a body, None if it is valid.

    The library builds all errors of a union, each with a copy of its part of the body. So it gets a shortened body,
    which has an error too, because a list or object with more than MAX_ENTRIES entries is invalid.
    """
    if schema.is_valid(body):
        return None
    return _first_error(schema, _shorten(body)) or _first_error(schema, body)


def _first_error(schema: jsonschema_rs.Draft202012Validator, body: Any) -> jsonschema_rs.ValidationError | None:
    try:
        schema.validate(body)
    except jsonschema_rs.ValidationError as error:
        return error
    return None


def _repeated_key(raw: bytes) -> Refusal:
    message = "This key occurs more than once in its object. Send each key once."
    return Refusal("invalid_json", message, param=find_repeated_key(raw))


def _count_keys(body: Any) -> int:
    """Count the keys of all objects, which are different ones in each object."""
    count, values = 0, [body]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            count += len(value)
            values.extend(value.values())
        elif isinstance(value, list):
            values.extend(value)
    return count


def _shorten(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shorten(value[key]) for key in list(value)[:MAX_ENTRIES]}
    return [_shorten(entry) for entry in value[:MAX_ENTRIES]] if isinstance(value, list) else value


def _count_separators(raw: bytes) -> int:
    """At least the number of values: each follows a comma or begins a list or object."""
    return raw.count(b",") + raw.count(b"[") + raw.count(b"{")


def _without_strings(raw: bytes) -> bytes:
    unescaped = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(unescaped.split(b'"')[::2])


def _is_too_deep(body: Any) -> bool:
    """Return True if containers are nested more than MAX_DEPTH levels deep.

    Goes through the levels without recursion.
    """
    level, depth = [body], 0
    while level and depth <= MAX_DEPTH:
        containers = [value for value in level if isinstance(value, (dict, list))]
        level = [child for value in containers for child in (value.values() if isinstance(value, dict) else value)]
        depth += bool(containers)
    return depth > MAX_DEPTH
