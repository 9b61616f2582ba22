"""Type generator: renders spec/types.py, a Python type for every schema."""

import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

from spec.document import Node

LINE_LENGTH = 110
DOCSTRING = (
    '"""Types of every schema in spec/openapi.yaml.\n\nGenerated: change that file, then run `make generate`.\n"""'
)
TYPING = ("Any", "Literal", "NotRequired", "TypeAlias", "TypedDict")
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def render_types(document: Node) -> str:
    """Render the module as the formatter would write it.

    The same document always gives the same text. Raises `graphlib.CycleError` for a schema that contains itself.
    """
    body = render_declarations(document)
    imports = [name for name in TYPING if re.search(rf"\b{name}\b", body)]
    return f"{DOCSTRING}\n\nfrom typing import {', '.join(imports)}\n{body}"


def render_declarations(document: Node) -> str:
    """Render a type for every schema, each after the types that it uses."""
    schemas: Node = document["components"]["schemas"]
    return _join_blocks([_render_declaration(name, schemas[name]) for name in _sort_by_reference(schemas)])


def _sort_by_reference(schemas: Node) -> Iterator[str]:
    """List the names of the schemas, each after the schemas that it refers to."""
    return iter(TopologicalSorter({name: references(node) for name, node in schemas.items()}).static_order())


def references(node: Any) -> list[str]:
    """List the names of the schemas that a schema refers to, each once."""
    if isinstance(node, list):
        return list(dict.fromkeys(name for item in node for name in references(item)))
    if not isinstance(node, dict):
        return []
    return [_name_of(node)] if "$ref" in node else references(list(node.values()))


def _name_of(reference: Node) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


def _join_blocks(blocks: list[str]) -> str:
    """Join blocks as the formatter does: two blank lines around a class."""
    text = "\n\n" if blocks[0].startswith("class ") else "\n"
    for block, below in pairwise([*blocks, ""]):
        is_beside_class = below and "class " in (block[:6], below[:6])
        text += block + ("\n\n\n" if is_beside_class else "\n")
    return text


def _render_declaration(name: str, schema: Node) -> str:
    if schema.get("properties"):
        return _render_typed_dict(name, schema)
    if "enum" in schema:
        return _render_alias(name, "Literal[", [json.dumps(value) for value in schema["enum"]], ", ", "]")
    if "oneOf" in schema:
        return _render_alias(name, "", [annotation(option) for option in schema["oneOf"]], " | ", "")
    return f"{name}: TypeAlias = {annotation(schema)}"


def _render_typed_dict(name: str, schema: Node) -> str:
    required = schema.get("required", [])
    lines = [f"class {name}(TypedDict):" if required else f"class {name}(TypedDict, total=False):"]
    for field, node in schema["properties"].items():
        kind = annotation(node)
        is_marked = required and field not in required
        lines.append(f"    {field}: NotRequired[{kind}]" if is_marked else f"    {field}: {kind}")
    return "\n".join(lines)


def _render_alias(name: str, opening: str, members: list[str], separator: str, closing: str) -> str:
    """Render one line if it fits, otherwise one line per member."""
    line = f"{name}: TypeAlias = {opening}{separator.join(members)}{closing}"
    if len(line) <= LINE_LENGTH:
        return line
    if opening:
        body = "".join(f"    {member},\n" for member in members)
        return f"{name}: TypeAlias = {opening}\n{body}{closing}"
    return f"{name}: TypeAlias = (\n    " + "\n    | ".join(members) + "\n)"


def annotation(schema: Node) -> str:
    """Render the type of a schema as Python code."""
    if "$ref" in schema:
        return _name_of(schema)
    if "const" in schema:
        return f"Literal[{json.dumps(schema['const'])}]"
    if "oneOf" in schema:
        return " | ".join(annotation(option) for option in schema["oneOf"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(SCALARS.get(kind) or _container_annotation(kind, schema) for kind in kinds)


def _container_annotation(kind: str, schema: Node) -> str:
    if kind == "array":
        return f"list[{annotation(schema['items'])}]"
    values = schema["additionalProperties"]
    return f"dict[str, {annotation(values) if isinstance(values, dict) else 'Any'}]"
