"""Converts schemas to JSON Schema draft 7, which Postman's validator reads."""

from typing import Any

from postman.spec_reader import Json, json_media
from spec.document import resolve

PREFIX = "#/components/schemas/"
DROPPED = {"description", "title", "discriminator", "example", "examples", "default", "deprecated", "externalDocs"}
VERBATIM = {"const", "enum", "required"}
FORMATS = {"date-time", "date", "email", "uri", "uuid", "ipv4", "ipv6"}


def definitions(document: Json, names: set[str]) -> Json:
    """The named component schemas and all schemas that they refer to, by name."""
    converted: Json = {}
    pending = sorted(names)
    while pending:
        name = pending.pop()
        if name not in converted:
            converted[name] = _draft_7(document["components"]["schemas"][name])
            pending += sorted(_references(converted[name]))
    return dict(sorted(converted.items()))


def schema_name(document: Json, response: Json) -> str | None:
    """Name of the component schema of a response's JSON body; None without a body."""
    schema = json_media(resolve(document, response).get("content", {})).get("schema", {})
    reference: str | None = schema.get("$ref")
    return None if reference is None else reference.removeprefix(PREFIX)


def _draft_7(node: Any) -> Any:
    if isinstance(node, list):
        return [_draft_7(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:  # draft 7 ignores keywords beside a reference
        return {"$ref": node["$ref"].replace(PREFIX, "#/definitions/")}
    return {name: _keyword(name, value) for name, value in node.items() if _is_kept(name, value)}


def _keyword(name: str, value: Any) -> Any:
    if name == "properties":
        return {field: _draft_7(schema) for field, schema in value.items()}
    return value if name in VERBATIM else _draft_7(value)


def _is_kept(name: str, value: Any) -> bool:
    is_unknown_format = name == "format" and value not in FORMATS
    return name not in DROPPED and not name.startswith("x-") and not is_unknown_format


def _references(node: Any) -> set[str]:
    if isinstance(node, list):
        return set().union(*map(_references, node))
    if not isinstance(node, dict):
        return set()
    direct = {node["$ref"].removeprefix("#/definitions/")} if isinstance(node.get("$ref"), str) else set()
    return direct.union(*map(_references, node.values()))
