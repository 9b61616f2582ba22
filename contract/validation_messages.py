"""Turns a JSON Schema error into one human-readable sentence and a JSON path.

They never repeat the schema or the invalid value.
"""

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
SENTENCES = {
    "pattern": "This has an invalid format, or characters that are not allowed.",
    "propertyNames": "A key in this object is empty, too long or has characters that are not allowed.",
    "required": "This field is required.",
    "additionalProperties": "Unknown field. Check its spelling, or leave it out.",
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
    "email": "an email address such as anna@example.com",
    "date-time": "an RFC 3339 time such as 2026-05-08T08:41:33Z",
}


def invalid_body(error: jsonschema_rs.ValidationError) -> Refusal:
    """Build `validation_failed` with the JSON path of the most specific error."""
    if unknown := _list_unmatched_constants(error):
        options = ", ".join(str(_kind(constant).expected_value) for constant in unknown)
        message = f"This must be one of {options}."
        return Refusal("validation_failed", message, param=json_path(unknown[0].instance_path))
    error = _innermost(error)
    kind, param = _kind(error), json_path(error.instance_path)
    if kind.name == "required":
        param += f".{kind.property}"
    if kind.name == "additionalProperties":
        param += f".{kind.unexpected[0][:200]}"
    return Refusal("validation_failed", describe_error(error), param=param)


def describe_error(error: jsonschema_rs.ValidationError) -> str:
    """Describe in one sentence what a valid value is; never repeat the invalid one."""
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
    if kind.name == "multipleOf":
        return f"This must be a multiple of {kind.multiple_of}."
    return SENTENCES.get(kind.name, "This value is not allowed.")


def json_path(keys: Iterable[Any]) -> str:
    """Join keys and indexes to a path such as `$.items[0].listing_id`."""
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in keys)


def _innermost(error: jsonschema_rs.ValidationError) -> jsonschema_rs.ValidationError:
    """Return the deepest error of a union: it belongs to the intended variant."""
    while causes := [cause for variant in _list_intended_variants(error) for cause in variant]:
        error = max(causes, key=lambda cause: (len(cause.instance_path), cause.kind.name != "type"))
    return error


def _list_intended_variants(error: jsonschema_rs.ValidationError) -> list[list[jsonschema_rs.ValidationError]]:
    """Return the errors of a union's variants.

    If the discriminator names one, return only the errors of that one.
    """
    variants = [list(variant) for variant in getattr(error.kind, "context", ())]
    named = [variant for variant in variants if not _list_constants(variant)]
    return named if len(named) == 1 else variants


def _list_unmatched_constants(error: jsonschema_rs.ValidationError) -> list[jsonschema_rs.ValidationError]:
    """Return the errors of a discriminator that names no variant, else none."""
    constants = [_list_constants(variant)[:1] for variant in getattr(error.kind, "context", ())]
    return [constant for found in constants for constant in found] if constants and all(constants) else []


def _list_constants(variant: Iterable[jsonschema_rs.ValidationError]) -> list[jsonschema_rs.ValidationError]:
    return [cause for cause in variant if _kind(cause).name == "const"]


def _kind(error: jsonschema_rs.ValidationError) -> Any:
    return error.kind  # the library's type stubs declare the variants, but not their fields
