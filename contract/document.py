"""The contract document made executable: checked as OpenAPI 3.1, every schema compiled once.

Connexion 3.3 knows OpenAPI 3.0 only. This class takes a 3.1 document through connexion's own extension point: it
keeps the raw document in a registry, compiles one JSON Schema 2020-12 validator per body, parameter, answer and
webhook payload, and shows connexion a dereferenced view in which schemas are small markers that carry them.
"""

from typing import Any
from urllib.parse import quote, unquote

import jsonschema_rs
from connexion.exceptions import InvalidSpecification
from connexion.spec import OpenAPISpecification
from openapi_spec_validator import OpenAPIV31SpecValidator

from spec.document import METHODS

URN = "urn:document"


class Schema(dict[str, Any]):
    """What connexion sees of a schema: type, items and default, and the compiled `validator`."""

    validator: jsonschema_rs.Draft202012Validator


class Document(OpenAPISpecification):  # type: ignore[misc] # connexion ships no types
    """An OpenAPI 3.1 document. Raises InvalidSpecification or a validation error for a bad one.

    `webhooks` maps event types to the compiled schemas of their payloads.
    """

    def __init__(self, raw: dict[str, Any]) -> None:
        OpenAPIV31SpecValidator(raw).validate()
        self._raw_spec = raw
        self._base_uri = ""
        self._registry = jsonschema_rs.Registry([(URN, raw)], draft=jsonschema_rs.Draft202012)
        self._spec = self._connexions_view()
        self.webhooks = dict(self._payloads())

    @property
    def components(self) -> dict[str, Any]:
        return {}  # keeps connexion from grafting all components into every schema

    @property
    def security_schemes(self) -> dict[str, Any]:
        schemes: dict[str, Any] = self._spec["components"]["securitySchemes"]
        return schemes

    def _connexions_view(self) -> dict[str, Any]:
        view = {name: part for name, part in self._raw_spec.items() if name not in ("paths", "webhooks", "components")}
        schemes = self._raw_spec["components"]["securitySchemes"]
        verified = {
            name: {**scheme, "x-bearerInfoFunc": "handlers.auth.authenticate"} for name, scheme in schemes.items()
        }
        view["components"] = {"securitySchemes": verified}
        view["paths"] = {
            path: self._path(item, f"#/paths/{_token(path)}") for path, item in self._raw_spec["paths"].items()
        }
        return view

    def _path(self, item: dict[str, Any], at: str) -> dict[str, Any]:
        return {method: self._operation(item[method], f"{at}/{method}") for method in item if method in METHODS}

    def _operation(self, operation: dict[str, Any], at: str) -> dict[str, Any]:
        seen = dict(operation)
        parameters = operation.get("parameters", [])
        seen["parameters"] = [self._parameter(p, f"{at}/parameters/{i}") for i, p in enumerate(parameters)]
        if "requestBody" in operation:
            body, body_at = self._follow(operation["requestBody"], f"{at}/requestBody")
            seen["requestBody"] = {**body, "content": self._content(body["content"], f"{body_at}/content")}
        seen["responses"] = {
            status: self._response(response, f"{at}/responses/{status}")
            for status, response in operation["responses"].items()
        }
        return seen

    def _parameter(self, raw: dict[str, Any], at: str) -> dict[str, Any]:
        parameter, at = self._follow(raw, at)
        return {**parameter, "schema": self._compiled(parameter["schema"], f"{at}/schema")}

    def _response(self, raw: dict[str, Any], at: str) -> dict[str, Any]:
        response, at = self._follow(raw, at)
        return {**response, "content": self._content(response.get("content", {}), f"{at}/content")}

    def _content(self, content: dict[str, Any], at: str) -> dict[str, Any]:
        return {
            media_type: {
                **media,
                "schema": self._compiled(media["schema"], f"{at}/{_token(media_type)}/schema"),
            }
            for media_type, media in content.items()
        }

    def _payloads(self) -> Any:
        for name, item in self._raw_spec.get("webhooks", {}).items():
            schema = item["post"]["requestBody"]["content"]["application/json"]["schema"]
            at = f"#/webhooks/{_token(name)}/post/requestBody/content/application~1json/schema"
            yield name, self._compiled(schema, at)

    def _compiled(self, raw: dict[str, Any], at: str) -> Schema:
        target, _ = self._follow(raw, at)
        schema = Schema({name: target[name] for name in ("type", "default", "items") if name in target})
        schema.setdefault("type", "string")
        schema.validator = jsonschema_rs.Draft202012Validator(
            {"$ref": URN + at}, registry=self._registry, validate_formats=True, offline=True
        )
        return schema

    def _follow(self, node: dict[str, Any], at: str) -> tuple[dict[str, Any], str]:
        """The object that a reference means, and where it stands."""
        seen: set[str] = set()
        while "$ref" in node:
            at = node["$ref"]
            if not at.startswith("#/") or at in seen:
                raise InvalidSpecification(f"The reference {at} cannot be followed.")
            seen.add(at)
            node = self._raw_spec
            for token in at[2:].split("/"):
                node = node[unquote(token).replace("~1", "/").replace("~0", "~")]
        return node, at


def _token(text: str) -> str:
    return quote(text.replace("~", "~0").replace("/", "~1"), safe="~")
