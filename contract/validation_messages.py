"""What the schema has against a value, told to people: the place and one sentence, never the schema or the value."""

from collections.abc import Iterable
from typing import Any

import jsonschema_rs

from errors import Refusal

LIMITS = {
    "maxLength": "This must have at most {} characters.",
    "minLength": "This must have at least {} characters.",
    "maximum": "This must be at most {}.",
    "minimum": "This must be at least {}.",
    "maxItems": "This list must have at most {} entries.",
    "minItems": "This list must have at least {} entries.",
    "maxProperties": "This must have at most {} entries.",
}
NOT_EMPTY = {
    "minLength": "This must not be empty.",
    "minItems": "This list must not be empty.",
}
CENT = 0.01
SENTENCES = {
    "pattern": "This has a form or characters that are not allowed here.",
    "propertyNames": "A name in here is too long or has characters that are not allowed.",
    "required": "This field is required.",
    "additionalProperties": "There is no field of this name here.",
}
TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
FORMATS = {
    "email": "an e-mail address such as anna@example.com",
    "date-time": "an RFC 3339 time such as 2026-05-08T08:41:33Z",
}


def describe_error(error: jsonschema_rs.ValidationError) -> Refusal:
    """`validation_failed` with the JSON path of the most telling fault."""
    error = _innermost(error)
    kind, param = _kind(error), json_path(error.instance_path)
    if kind.name == "required":
        param += f".{kind.property}"
    if kind.name == "additionalProperties":
        param += f".{kind.unexpected[0][:200]}"
    return Refusal("validation_failed", sentence(error), param=param)


def sentence(error: jsonschema_rs.ValidationError) -> str:
    """Says what would be right, and repeats nothing of what came."""
    kind = _kind(error)
    if kind.name in NOT_EMPTY and kind.limit == 1:
        return NOT_EMPTY[kind.name]
    if kind.name in LIMITS:
        return LIMITS[kind.name].format(kind.limit)
    if kind.name == "type":
        return f"This must be {' or '.join(TYPES[name] for name in TYPES if name in kind.types)}."
    if kind.name == "enum":
        return f"This must be one of {', '.join(str(option) for option in kind.options)}."
    if kind.name == "format":
        return f"This must be {FORMATS.get(kind.format, kind.format)}."
    if kind.name == "multipleOf" and kind.multiple_of == CENT:
        return "This must have at most two decimals."
    if kind.name == "multipleOf":
        return f"This must be a multiple of {kind.multiple_of}."
    return SENTENCES.get(kind.name, "This value is not allowed here.")


def json_path(steps: Iterable[Any]) -> str:
    """`$.items[0].listing_id`"""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)


def _innermost(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Of a union's faults the one that lies deepest: that of the variant which was meant."""
    while faults := [fault for variant in getattr(error.kind, "context", ()) for fault in variant]:
        error = max(faults, key=lambda fault: (len(fault.instance_path), fault.kind.name != "type"))
    return error


def _kind(error: jsonschema_rs.ValidationError) -> Any:
    return error.kind  # the library's types know the variants of it, not their fields
