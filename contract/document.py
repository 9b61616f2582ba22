"""Compiles the OpenAPI document: one JSON Schema validator per schema in use.

Connexion 3.3 reads OpenAPI 3.0 only. `Document` replaces its specification class, an extension point of connexion. It
keeps the raw document in a registry and compiles one JSON Schema 2020-12 validator per body, parameter, response and
webhook payload. Connexion gets a dereferenced view in which small markers stand for schemas.
"""

from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from connexion.spec import OpenAPISpecification

from spec.document import METHODS, Node, resolve_pointer

URN = "urn:document"


class Schema(dict[str, Any]):
    """Marker that stands for a schema in connexion's view.

    It has type, items and default for connexion, and the compiled `validator` for our layers.
    """

    def __init__(self, keywords: Node, compile_schema: Callable[[], jsonschema_rs.Draft202012Validator]) -> None:
        super().__init__(keywords)
        self._compile_schema = compile_schema

    @property
    def validator(self) -> jsonschema_rs.Draft202012Validator:
        """The validator, compiled when it is first used.

        By default, responses are never validated.
        """
        return self._compile_schema()


class Document(OpenAPISpecification):  # type: ignore[misc] # connexion ships no types
    """An OpenAPI 3.1 document for connexion.

    `webhooks` maps event types to the schemas of their payloads. Raises ValueError for a `$ref` without a target.
    """

    def __init__(self, raw: Node) -> None:
        self._raw_spec = raw
        self._base_uri = ""
        self._registry = jsonschema_rs.Registry([(URN, raw)], draft=jsonschema_rs.Draft202012)
        self._compile = cache(self._compile_pointer)
        self._spec = self._build_view()
        self.webhooks = dict(self._view_payloads())

    @property
    def components(self) -> Node:
        return {}  # keeps connexion from copying all components into every schema

    @property
    def security_schemes(self) -> Node:
        schemes: Node = self._spec["components"]["securitySchemes"]
        return schemes

    def _build_view(self) -> Node:
        view = {name: part for name, part in self._raw_spec.items() if name not in ("paths", "webhooks", "components")}
        schemes = self._raw_spec["components"]["securitySchemes"]
        schemes_with_handler = {
            name: {**scheme, "x-bearerInfoFunc": "handlers.auth.authenticate"} for name, scheme in schemes.items()
        }
        view["components"] = {"securitySchemes": schemes_with_handler}
        view["paths"] = {
            path: self._view_path(item, f"#/paths/{_escape(path)}") for path, item in self._raw_spec["paths"].items()
        }
        return view

    def _view_path(self, item: Node, pointer: str) -> Node:
        return {
            method: self._view_operation(item[method], f"{pointer}/{method}") for method in item if method in METHODS
        }

    def _view_operation(self, operation: Node, pointer: str) -> Node:
        view = dict(operation)
        parameters = operation.get("parameters", [])
        view["parameters"] = [self._view_parameter(p, f"{pointer}/parameters/{i}") for i, p in enumerate(parameters)]
        if "requestBody" in operation:
            view["requestBody"] = self._view_body(operation["requestBody"], f"{pointer}/requestBody")
        view["responses"] = {
            status: self._view_body(response, f"{pointer}/responses/{status}")
            for status, response in operation["responses"].items()
        }
        return view

    def _view_parameter(self, node: Node, pointer: str) -> Node:
        parameter, pointer = resolve_pointer(self._raw_spec, node, pointer)
        return {**parameter, "schema": self._view_schema(parameter["schema"], f"{pointer}/schema")}

    def _view_body(self, node: Node, pointer: str) -> Node:
        """View a request body or a response; its content may be missing."""
        body, pointer = resolve_pointer(self._raw_spec, node, pointer)
        content = {
            media_type: {
                **media,
                "schema": self._view_schema(media["schema"], f"{pointer}/content/{_escape(media_type)}/schema"),
            }
            for media_type, media in body.get("content", {}).items()
        }
        return {**body, "content": content}

    def _view_payloads(self) -> Iterator[tuple[str, Schema]]:
        for event_type, item in self._raw_spec.get("webhooks", {}).items():
            schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
            pointer = f"#/webhooks/{_escape(event_type)}/post/requestBody/content/application~1json/schema"
            yield event_type, self._view_schema(schema, pointer)

    def _view_schema(self, node: Node, pointer: str) -> Schema:
        """View a schema. Schemas that are the same `$ref` share one validator."""
        target, target_pointer = resolve_pointer(self._raw_spec, node, pointer)
        keywords: Node = {name: target[name] for name in ("type", "default", "items") if name in target}
        is_alias = set(node) == {"$ref"}
        return Schema({"type": "string", **keywords}, partial(self._compile, target_pointer if is_alias else pointer))

    def _compile_pointer(self, pointer: str) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(
            {"$ref": URN + pointer}, registry=self._registry, validate_formats=True, offline=True
        )


def _escape(token: str) -> str:
    """Escape a token of a JSON pointer in a URI fragment (RFC 6901 section 6)."""
    return quote(token.replace("~", "~0").replace("/", "~1"), safe="~")
