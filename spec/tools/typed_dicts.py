"""Writes spec/types.py: a Python type for every schema of the contract document."""

import json
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from itertools import pairwise
from typing import Any

Node = dict[str, Any]

LINE_LENGTH = 110
TITLE = '"""Types of every schema in spec/openapi.yaml. Generated: change that file, then run `make generate`."""'
TYPING = ("Any", "Literal", "NotRequired", "TypeAlias", "TypedDict")
SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


def source(document: Node) -> str:
    """The module's text, the same for the same document and stable under the formatter.

    A schema that contains itself raises `graphlib.CycleError`.
    """
    schemas: Node = document["components"]["schemas"]
    blocks = [declaration(name, schemas[name]) for name in in_order_of_use(schemas)]
    imports = [name for name in TYPING if any(re.search(rf"\b{name}\b", block) for block in blocks)]
    return f"{TITLE}\n\nfrom typing import {', '.join(imports)}\n{joined(blocks)}"


def in_order_of_use(schemas: Node) -> Iterator[str]:
    """Names so that every type stands below those that it is made of."""
    return iter(TopologicalSorter({name: references(node) for name, node in schemas.items()}).static_order())


def references(node: Any) -> list[str]:
    """Names of the schemas that a schema refers to, without repetition."""
    if isinstance(node, list):
        return list(dict.fromkeys(name for each in node for name in references(each)))
    if not isinstance(node, dict):
        return []
    return [name_of(node)] if "$ref" in node else references(list(node.values()))


def name_of(reference: Node) -> str:
    return str(reference["$ref"]).rsplit("/", 1)[-1]


def joined(blocks: list[str]) -> str:
    """Blocks as the formatter spaces them: two blank lines around a class, none between aliases."""
    text = "\n\n" if blocks[0].startswith("class ") else "\n"
    for block, below in pairwise([*blocks, ""]):
        is_beside_class = below and "class " in (block[:6], below[:6])
        text += block + ("\n\n\n" if is_beside_class else "\n")
    return text


def declaration(name: str, schema: Node) -> str:
    if schema.get("properties"):
        return typed_dict(name, schema)
    if "enum" in schema:
        return alias(name, "Literal[", [json.dumps(each) for each in schema["enum"]], ", ", "]")
    if "oneOf" in schema:
        return alias(name, "", [annotation(each) for each in schema["oneOf"]], " | ", "")
    return f"{name}: TypeAlias = {annotation(schema)}"


def typed_dict(name: str, schema: Node) -> str:
    required = schema.get("required", [])
    lines = [f"class {name}(TypedDict):" if required else f"class {name}(TypedDict, total=False):"]
    for field, node in schema["properties"].items():
        kind = annotation(node)
        is_marked = required and field not in required
        lines.append(f"    {field}: NotRequired[{kind}]" if is_marked else f"    {field}: {kind}")
    return "\n".join(lines)


def alias(name: str, opening: str, members: list[str], separator: str, closing: str) -> str:
    """One line where it fits, else one line per member as the formatter breaks it."""
    line = f"{name}: TypeAlias = {opening}{separator.join(members)}{closing}"
    if len(line) <= LINE_LENGTH:
        return line
    if opening:
        body = "".join(f"    {member},\n" for member in members)
        return f"{name}: TypeAlias = {opening}\n{body}{closing}"
    return f"{name}: TypeAlias = (\n    " + "\n    | ".join(members) + "\n)"


def annotation(schema: Node) -> str:
    if "$ref" in schema:
        return name_of(schema)
    if "const" in schema:
        return f"Literal[{json.dumps(schema['const'])}]"
    if "oneOf" in schema:
        return " | ".join(annotation(each) for each in schema["oneOf"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return " | ".join(SCALARS.get(kind) or container(kind, schema) for kind in kinds)


def container(kind: str, schema: Node) -> str:
    if kind == "array":
        return f"list[{annotation(schema['items'])}]"
    values = schema["additionalProperties"]
    return f"dict[str, {annotation(values) if isinstance(values, dict) else 'Any'}]"
