"""A form's values held to the contract document, with a sentence for people where they do not fit."""

from functools import lru_cache
from typing import Any

import jsonschema_rs

from spec.characters import find_control_character, has_line_breaks
from spec.document import read_document

MOST_CHARACTERS = 20_000


def validate(value: Any, limits: tuple[str, str] | None) -> Any:
    """The value, when it keeps the limits. Raises ValueError with one plain sentence."""
    for text in value if isinstance(value, list) else [value]:
        if isinstance(text, str) and (find_control_character(text) or len(text) > MOST_CHARACTERS):
            raise ValueError("Remove the invisible control characters, or shorten the text.")
    if value is not None and limits is not None:
        for fault in _validator(*limits).iter_errors(value):
            raise ValueError(_sentence(fault, value))
    return value


@lru_cache(256)
def _validator(schema: str, name: str) -> Any:
    document = read_document()
    wanted = {"$ref": f"#/components/schemas/{schema}/properties/{name}", "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(wanted, validate_formats=True)


def _sentence(fault: Any, value: Any) -> str:
    keyword, limit = str(fault.schema_path[-1]), getattr(fault.kind, "limit", "")
    sentences = {
        "maxLength": f"Shorten this to {limit} characters; it has {len(str(fault.instance)):,}.",
        "minimum": f"This is too small: the least is {limit}.",
        "maximum": f"This is too large: the most is {limit}.",
        "maxItems": f"Give at most {limit}.",
        "format": _format_sentence(value),
    }
    if keyword == "pattern" and isinstance(value, str) and has_line_breaks(value):
        return "Write this in one line."
    return sentences.get(keyword, "This does not have the form that is asked for.")


def _format_sentence(value: Any) -> str:
    if isinstance(value, str) and "@" in value:
        return "This is not an e-mail address; write it like anna@example.com."
    return "This is not the address that is asked for; write it like anna@example.com or https://example.com/a.jpg."
