"""Renders the API reference as Markdown.

Each operation has its parameters, body and responses.
"""

import json
from collections.abc import Iterator
from typing import Any

from spec.document import BASE_PATH, operations, read_document, resolve

INTRODUCTION = """# API reference

Every operation of the API, generated from the OpenAPI document at `%(base)s/openapi.json`. Paths are relative to
`%(base)s`.
"""


def render_reference() -> str:
    """Render the reference, with a section per tag."""
    return INTRODUCTION % {"base": BASE_PATH} + "\n".join(_tag_sections())


def _tag_sections() -> Iterator[str]:
    document = read_document()
    for tag in document["tags"]:
        sections = [
            _operation(path, method, operation)
            for path, method, operation in operations(document)
            if operation["tags"] == [tag["name"]]
        ]
        if sections:
            yield "\n".join([f"\n## {tag['name']}\n\n{tag['description']}\n", *sections])


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    tokens = operation.get("x-rate-limit-tokens", 0)
    parts = [f"### {method.upper()} {path}\n", f"{operation['summary']}. {operation['description'].strip()}\n"]
    parts.append(f"Rate limit tokens: {tokens}.\n")
    parts += _parameters(operation.get("parameters", []))
    parts += _body(operation.get("requestBody"))
    parts += _responses(operation["responses"])
    return "\n".join(parts)


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[str]:
    for node in parameters:
        parameter = resolve(read_document(), node)
        need = "required" if parameter.get("required") else "optional"
        yield f"- `{parameter['name']}` ({parameter['in']}, {need}): {parameter['description']}"
    if parameters:
        yield ""


def _body(body: dict[str, Any] | None) -> Iterator[str]:
    if body is not None:
        media = body["content"]["application/json"]
        example = next(iter(media["examples"].values()))["value"]
        yield f"The body is a `{_schema_name(media)}`, for example:\n"
        yield f"```json\n{json.dumps(example, indent=2, ensure_ascii=False)}\n```\n"


def _responses(responses: dict[str, dict[str, Any]]) -> Iterator[str]:
    for status, node in responses.items():
        response = resolve(read_document(), node)
        media = response.get("content", {}).get("application/json")
        schema = f" (`{_schema_name(media)}`)" if media else ""
        yield f"- `{status}`{schema}: {response['description'].strip()}"
    yield ""


def _schema_name(media: dict[str, Any]) -> str:
    return str(media["schema"]["$ref"]).rsplit("/", 1)[1]
