"""Routing by the OpenAPI document: exact paths, no redirects."""

import re
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT, SpecMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from contract.document import Document
from errors import Refusal
from spec.characters import CONTROL_CHARACTERS, LINE_BREAKS
from spec.document import METHODS
from telemetry import log_context

SEGMENT = f"[^/{CONTROL_CHARACTERS}{LINE_BREAKS}]{{1,255}}"

Route = tuple[dict[str, dict[str, Any]], str]


class RoutingMiddleware(SpecMiddleware):  # type: ignore[misc] # connexion ships no types
    """Finds the operation of a request.

    Raises `route_not_found`, and `method_not_allowed` with a complete Allow header.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.fixed: dict[str, Route] = {}
        self.patterns: list[tuple[re.Pattern[str], Route]] = []

    def add_api(self, specification: Document, *, resolver: Any, **_options: Any) -> None:
        base = specification.base_path
        for path, item in specification["paths"].items():
            route = _route(specification, path, item, resolver)
            if "{" in path:
                self.patterns.append((_pattern(base + path), route))
            else:
                self.fixed[base + path] = route

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        (operations, allow), scope["path_params"] = self._find(scope["path"])
        context = operations.get(scope["method"])
        if context is None:
            message = f"This path does not support {scope['method'][:20]}. Use {allow}."
            raise Refusal("method_not_allowed", message, headers={"Allow": allow})
        scope["extensions"] = {**scope.get("extensions", {}), ROUTING_CONTEXT: context}
        log_context.bind(operation=context["operation_id"])
        await self.app(scope, receive, send)

    def _find(self, path: str) -> tuple[Route, dict[str, str]]:
        route = self.fixed.get(path)
        if route is not None:
            return route, {}
        for pattern, route in self.patterns:
            if match := pattern.fullmatch(path):
                return route, match.groupdict()
        raise Refusal("route_not_found", "Nothing exists at this path. See /api/v1/openapi.json for all paths.")


def find_operation_id(scope: Scope) -> str | None:
    """Return the operation of a request that has passed the middleware."""
    context = scope.get("extensions", {}).get(ROUTING_CONTEXT)
    return None if context is None else context["operation_id"]


def _route(document: Document, path: str, item: dict[str, Any], resolver: Any) -> Route:
    operations = {}
    for method in item:
        if method in METHODS:
            operation = document.operation_cls.from_spec(document, path=path, method=method, resolver=resolver)
            operations[method.upper()] = {
                "api_base_path": document.base_path,
                "operation_id": operation.operation_id,
            }
    if "GET" in operations:
        operations["HEAD"] = operations["GET"]
    return operations, ", ".join(sorted(operations))


def _pattern(path: str) -> re.Pattern[str]:
    """Compile a path template.

    A parameter matches any printable text without a slash, whether or not it is a valid id.
    """
    return re.compile(re.sub(r"\{(\w+)\}", lambda name: f"(?P<{name[1]}>{SEGMENT})", path))
