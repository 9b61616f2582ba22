"""Validates form values against the OpenAPI schemas, with user-facing messages."""

from functools import lru_cache
from typing import Any

import jsonschema_rs

from dashboard.rendering import format_money
from spec.characters import find_control_character, has_line_breaks
from spec.document import limits, read_document

SchemaField = tuple[str, str]

MAX_CHARACTERS = 20_000
ONE_LINE = "Enter this on one line."


def validate(value: Any, schema_field: SchemaField | None) -> Any:
    """Return the value if it keeps the limits of the schema's property.

    Raises ValueError with a message to show.
    """
    for text in value if isinstance(value, list) else [value]:
        _validate_text(text)
    if value is not None and schema_field is not None:
        for error in _validator(*schema_field).iter_errors(value):
            raise ValueError(_error_message(error, value))
    return value


def validate_money(cents: int | None, schema_field: SchemaField | None) -> int | None:
    """Return the cents if they keep the limits of the schema's property.

    The property is in euros. Raises ValueError with a message to show.
    """
    if cents is not None and schema_field is not None:
        maximum_cents = int(limits(*schema_field).maximum * 100)
        if cents > maximum_cents:
            raise ValueError(f"Enter at most {format_money(maximum_cents)}.")
    return cents


def validate_line(text: str | None, max_length: int | None) -> None:
    """Validate that the text is one line of at most `max_length` characters.

    Raises ValueError with a message to show.
    """
    if text is not None and max_length is not None:
        if has_line_breaks(text):
            raise ValueError(ONE_LINE)
        if len(text) > max_length:
            raise ValueError(_too_long(text, max_length))


def _validate_text(text: Any) -> None:
    """Limits of every text, also where no schema applies."""
    if isinstance(text, str) and find_control_character(text):
        raise ValueError("Remove the control characters.")
    if isinstance(text, str) and len(text) > MAX_CHARACTERS:
        raise ValueError(_too_long(text, MAX_CHARACTERS))


@lru_cache(256)
def _validator(schema: str, name: str) -> Any:
    document = read_document()
    wrapper = {"$ref": f"#/components/schemas/{schema}/properties/{name}", "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(wrapper, validate_formats=True)


def _error_message(error: Any, value: Any) -> str:
    keyword, limit = str(error.schema_path[-1]), getattr(error.kind, "limit", "")
    messages = {
        "minimum": f"Enter at least {limit}.",
        "maximum": f"Enter at most {limit}.",
        "maxItems": f"Enter at most {limit} entries.",
        "format": _format_message(value),
    }
    if keyword == "maxLength":
        return _too_long(error.instance, error.kind.limit)
    if keyword == "pattern" and isinstance(value, str) and has_line_breaks(value):
        return ONE_LINE
    return messages.get(keyword, "This value is invalid. Check it and try again.")


def _format_message(value: Any) -> str:
    if isinstance(value, str) and "@" in value:
        return "Enter an email address such as anna@example.com."
    return "Enter an address such as anna@example.com or https://example.com/a.jpg."


def _too_long(text: str, limit: int) -> str:
    return f"This has {len(text):,} characters. Shorten it to {limit:,} characters."
