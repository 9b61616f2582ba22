"""Compiles the OpenAPI document: one JSON Schema validator per schema in use.

Connexion 3.3 reads OpenAPI 3.0 only. `Document` replaces its specification class, an extension point of connexion. It
keeps the raw document in a registry and compiles one JSON Schema 2020-12 validator per body, parameter, response and
webhook payload. Connexion gets a dereferenced view in which small markers stand for schemas.
"""

import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import orjson
from connexion.spec import OpenAPISpecification
from openapi_spec_validator import OpenAPIV31SpecValidator

from spec.document import METHODS, Node, resolve_pointer

URN = "urn:document"


_valid_digests: set[bytes] = set()


class Schema(dict[str, Any]):
    """Marker that stands for a schema in connexion's view.

    It has type, items and default for connexion, and the compiled `validator` for our layers.
    """

    validator: jsonschema_rs.Draft202012Validator


class Document(OpenAPISpecification):  # type: ignore[misc] # connexion ships no types
    """An OpenAPI 3.1 document for connexion.

    `webhooks` maps event types to the compiled schemas of their payloads. Raises ValueError, or a validation error of
    openapi-spec-validator, for an invalid document.
    """

    def __init__(self, raw: Node) -> None:
        _validate_once(raw)
        self._raw_spec = raw
        self._base_uri = ""
        self._registry = jsonschema_rs.Registry([(URN, raw)], draft=jsonschema_rs.Draft202012)
        self._spec = self._build_view()
        self.webhooks = dict(self._compile_payloads())

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
        return {**parameter, "schema": self._compile(parameter["schema"], f"{pointer}/schema")}

    def _view_body(self, node: Node, pointer: str) -> Node:
        """View a request body or a response; its content may be missing."""
        body, pointer = resolve_pointer(self._raw_spec, node, pointer)
        content = {
            media_type: {
                **media,
                "schema": self._compile(media["schema"], f"{pointer}/content/{_escape(media_type)}/schema"),
            }
            for media_type, media in body.get("content", {}).items()
        }
        return {**body, "content": content}

    def _compile_payloads(self) -> Iterator[tuple[str, Schema]]:
        for event_type, item in self._raw_spec.get("webhooks", {}).items():
            schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
            pointer = f"#/webhooks/{_escape(event_type)}/post/requestBody/content/application~1json/schema"
            yield event_type, self._compile(schema, pointer)

    def _compile(self, node: Node, pointer: str) -> Schema:
        target, _ = resolve_pointer(self._raw_spec, node, pointer)
        schema = Schema({name: target[name] for name in ("type", "default", "items") if name in target})
        schema.setdefault("type", "string")
        schema.validator = jsonschema_rs.Draft202012Validator(
            {"$ref": URN + pointer}, registry=self._registry, validate_formats=True, offline=True
        )
        return schema


def _validate_once(raw: Node) -> None:
    """Validate a document once per process: it takes most of the time of a start."""
    digest = hashlib.sha256(orjson.dumps(raw, option=orjson.OPT_NON_STR_KEYS)).digest()
    if digest not in _valid_digests:
        OpenAPIV31SpecValidator(raw).validate()
        _valid_digests.add(digest)


def _escape(token: str) -> str:
    """Escape a token of a JSON pointer in a URI fragment (RFC 6901 section 6)."""
    return quote(token.replace("~", "~0").replace("/", "~1"), safe="~")
