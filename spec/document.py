"""Reads the OpenAPI document: references, operations and limits of fields."""

import hashlib
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import orjson

import config

FILE = Path(__file__).with_name("openapi.yaml")
PARSED_FILE = FILE.with_name("parsed.json")
BASE_PATH = "/api/v1"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
# All other methods count as writes. RFC 9110 calls OPTIONS and TRACE safe too, but the API has neither.
SAFE_METHODS = frozenset({"GET", "HEAD"})

Node = dict[str, Any]


@lru_cache(1)
def read_document() -> Node:
    """Read spec/openapi.yaml once.

    All callers share the result and must not change it. Parsing YAML and validating OpenAPI take most of a second, so
    the result is kept in spec/parsed.json, and used as long as it has the digest of the YAML file.
    """
    source = FILE.read_bytes()
    parsed: Node = orjson.loads(PARSED_FILE.read_bytes()) if PARSED_FILE.exists() else {}
    is_current = parsed.get("sha256") == _digest(source)
    # the parser is imported for a changed document only
    document: Node = parsed["document"] if is_current else import_module("spec.source").parse_source(source)
    return document


def render_parsed_file() -> str:
    """Render spec/parsed.json."""
    parsed = {"sha256": _digest(FILE.read_bytes()), "document": read_document()}
    return orjson.dumps(parsed, option=orjson.OPT_APPEND_NEWLINE).decode()


def _digest(source: bytes) -> str:
    return hashlib.sha256(source).hexdigest()


@lru_cache(1)
def serialize_document() -> bytes:
    """Serialize the document as JSON, with the public URL as its only server."""
    return orjson.dumps(with_server(read_document(), config.PUBLIC_URL))


def with_server(document: Node, public_url: str) -> Node:
    """Return the document with this installation as its only server."""
    return {**document, "servers": [{"url": public_url + BASE_PATH, "description": "This installation"}]}


def resolve(document: Node, node: Node) -> Node:
    """Resolve a node's `$ref`; return a node without one unchanged.

    Raises ValueError like `resolve_pointer`.
    """
    return resolve_pointer(document, node, "")[0]


def resolve_pointer(document: Node, node: Node, pointer: str) -> tuple[Node, str]:
    """Resolve the node at `pointer` into an object and that object's JSON pointer.

    A JSON pointer looks like `#/components/schemas/Listing` (RFC 6901). Raises ValueError for a reference that leaves
    the document, has no target or leads back to itself.
    """
    visited: set[str] = set()
    while "$ref" in node:
        pointer = node["$ref"]
        if not pointer.startswith("#/") or pointer in visited:
            raise ValueError(f"Invalid $ref {pointer!r}: it must point to another object in this document.")
        visited.add(pointer)
        node = _find(document, pointer)
    return node, pointer


def _find(document: Node, pointer: str) -> Node:
    target: Any = document
    for token in pointer.removeprefix("#/").split("/"):
        try:
            target = target[unquote(token).replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError):
            raise ValueError(f"Invalid $ref {pointer!r}: the document has no such object.") from None
    node: Node = target
    return node


def operations(document: Node, part: str = "paths") -> Iterator[tuple[str, str, Node]]:
    """List (path, method, operation) of `paths` or `webhooks`.

    Methods are lower-case, as in the document.
    """
    for path, item in document.get(part, {}).items():
        yield from ((path, method, item[method]) for method in METHODS if method in item)


@dataclass(frozen=True)
class Limits:
    """Limits on the values of one field.

    A keyword that the schema does not set has a neutral value, so that callers need no special cases.
    Lengths are in characters. `items` are the limits of a list's entries.
    """

    min_length: int = 0
    max_length: int = sys.maxsize
    minimum: float = -math.inf
    maximum: float = math.inf
    min_items: int = 0
    max_items: int = sys.maxsize
    max_properties: int = sys.maxsize
    pattern: str = ""
    format: str = ""
    enum: tuple[Any, ...] = ()
    items: "Limits | None" = None
    is_nullable: bool = False


KEYWORDS: Final = {
    "min_length": "minLength",
    "max_length": "maxLength",
    "minimum": "minimum",
    "maximum": "maximum",
    "min_items": "minItems",
    "max_items": "maxItems",
    "max_properties": "maxProperties",
    "pattern": "pattern",
    "format": "format",
}


@lru_cache(512)
def limits(schema_name: str, field: str) -> Limits:
    """Read the limits of a field, for example `limits("Listing", "title")`.

    Follows `$ref` and a `oneOf` with null. Raises KeyError for an unknown schema or field.
    """
    document = read_document()
    return _limits_of(document, document["components"]["schemas"][schema_name]["properties"][field])


def _limits_of(document: Node, node: Node) -> Limits:
    schema = _without_null(document, node)
    values = {name: schema[keyword] for name, keyword in KEYWORDS.items() if keyword in schema}
    items = _limits_of(document, schema["items"]) if "items" in schema else None
    enum = tuple(schema.get("enum", ()))
    return Limits(**values, enum=enum, items=items, is_nullable=_is_nullable(document, node))


def _is_nullable(document: Node, node: Node) -> bool:
    schema = resolve(document, node)
    options = schema.get("oneOf", [schema])
    return any(option.get("type") == "null" or "null" in option.get("type", ()) for option in options)


def _without_null(document: Node, node: Node) -> Node:
    """Return the schema inside a nullable `oneOf: [$ref, {type: 'null'}]`."""
    schema = resolve(document, node)
    options = [option for option in schema.get("oneOf", []) if option.get("type") != "null"]
    return resolve(document, options[0]) if len(options) == 1 else schema
