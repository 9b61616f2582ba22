"""Reads operations, schemas and examples of a document, each with its location."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from spec import document as spec_document
from spec.document import Node, resolve

SCHEMAS = "#/components/schemas/"


@dataclass(frozen=True)
class Operation:
    """An operation under `paths`, or one that the hub sends under `webhooks`."""

    kind: str
    route: str
    verb: str
    node: Node

    @property
    def at(self) -> str:
        return f"{self.kind}/{self.route}/{self.verb}"

    @property
    def is_webhook(self) -> bool:
        return self.kind == "webhooks"


def operations(document: Node) -> Iterator[Operation]:
    for kind in ("paths", "webhooks"):
        for route, verb, node in spec_document.operations(document, kind):
            yield Operation(kind, route, verb, node)


def parameters(document: Node, operation: Operation) -> list[Node]:
    return [resolve(document, node) for node in operation.node.get("parameters", [])]


def responses(document: Node, operation: Operation) -> Iterator[tuple[str, Node]]:
    for status, response in operation.node.get("responses", {}).items():
        yield status, resolve(document, response)


def headers(document: Node, response: Node) -> Iterator[tuple[str, Node]]:
    for name, header in response.get("headers", {}).items():
        yield name, resolve(document, header)


def bodies(document: Node) -> Iterator[tuple[str, Node, bool]]:
    """Every media type object with its location, and whether a client sends it.

    The hub sends webhook bodies.
    """
    for operation in operations(document):
        request = operation.node.get("requestBody", {})
        for media in request.get("content", {}).values():
            yield f"{operation.at}/body", media, not operation.is_webhook
        for status, response in responses(document, operation):
            for media in response.get("content", {}).values():
                yield f"{operation.at}/{status}", media, False


def fields(document: Node) -> Iterator[tuple[str, Node]]:
    """Every parameter and response header of every operation."""
    for operation in operations(document):
        for parameter in parameters(document, operation):
            yield f"{operation.at}/{parameter['name']}", parameter
        for status, response in responses(document, operation):
            for name, header in headers(document, response):
                yield f"{operation.at}/{status}/{name}", header


def examples(document: Node) -> Iterator[tuple[str, Node, Any]]:
    """(location, schema, value) of every example, those of a component once."""
    for at, field in unique(fields(document)):
        if "example" in field:
            yield at, field["schema"], field["example"]
    for at, media in unique((at, media) for at, media, _ in bodies(document)):
        for name, example in media.get("examples", {}).items():
            yield f"{at}/{name}", media["schema"], example["value"]


def unique(nodes: Iterable[tuple[str, Node]]) -> Iterator[tuple[str, Node]]:
    """Leave out nodes that came before."""
    visited: set[int] = set()
    for at, node in nodes:
        if id(node) not in visited:
            visited.add(id(node))
            yield at, node


class Validators:
    """Compiles each schema of a document once, with `$ref` and format support."""

    def __init__(self, document: Node) -> None:
        self._registry = jsonschema_rs.Registry([("urn:document", document)], draft=jsonschema_rs.Draft202012)
        self._compiled: dict[str, jsonschema_rs.Draft202012Validator] = {}

    def of(self, schema: Node) -> jsonschema_rs.Draft202012Validator:
        source = json.dumps(schema, sort_keys=True).replace('"#/', '"urn:document#/')
        if source not in self._compiled:
            self._compiled[source] = jsonschema_rs.Draft202012Validator(
                json.loads(source), registry=self._registry, validate_formats=True
            )
        return self._compiled[source]
