"""Middleware that traces requests: one server span each."""

from collections.abc import Iterable

from opentelemetry import context as current_context
from opentelemetry.trace import SpanKind, Status, StatusCode, set_span_in_context
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.routing import find_operation_id
from monitoring.request_log import STATIC
from monitoring.trace_spans import HubTracer, bind_trace_id, parse_traceparent
from spec.document import BASE_PATH, operations, read_document
from telemetry import log_context

MAX_TRACEPARENT = 512  # bytes; the header of this version has 55


class TraceMiddleware:
    """Opens a server span, which continues the client's `traceparent`.

    It is named by the operation, or by the path as the route declares it.
    """

    def __init__(self, app: ASGIApp, tracer: HubTracer) -> None:
        self._app = app
        self._tracer = tracer
        self._paths = {operation["operationId"]: BASE_PATH + path for path, _, operation in operations(read_document())}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(STATIC):
            await self._app(scope, receive, send)
            return
        status = 0

        async def send_observed(message: Message) -> None:
            nonlocal status
            status = status or message["status"]
            await send(message)

        method = scope["method"]
        context = parse_traceparent(_read_traceparent(scope["headers"]))
        span = self._tracer.spans.start_span(method, context, SpanKind.SERVER, {"http.request.method": method})
        bind_trace_id(span)
        token = current_context.attach(set_span_in_context(span, context))
        try:
            await self._app(scope, receive, send_observed)
        finally:
            current_context.detach(token)
            span.update_name(self._name(scope))
            span.set_attributes(self._describe(scope))
            if status:
                span.set_attribute("http.response.status_code", status)
            if status >= 500:
                span.set_status(Status(StatusCode.ERROR))
            span.end()

    def _name(self, scope: Scope) -> str:
        return find_operation_id(scope) or f"{scope['method']} {_find_route(scope)}".rstrip()

    def _describe(self, scope: Scope) -> dict[str, str]:
        fields = log_context.current()
        attributes = {
            "http.route": self._paths.get(find_operation_id(scope) or "", _find_route(scope)),
            "wth.dealer.id": str(fields.get("dealer") or ""),
            "wth.request.id": str(scope["state"]["request_id"]),
        }
        return {name: value for name, value in attributes.items() if value}


def _find_route(scope: Scope) -> str:
    return str(getattr(scope.get("route"), "path", ""))


def _read_traceparent(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """Return the header, "" if there is none, several, or one that is too long."""
    values = [value for name, value in headers if name == b"traceparent"]
    return values[0].decode("latin-1") if len(values) == 1 and len(values[0]) <= MAX_TRACEPARENT else ""
