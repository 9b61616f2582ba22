"""Requests against the document, by plans made at start: parameters, media types, bodies."""

from typing import Any

import orjson
from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from contract.content_negotiation import refuse_unacceptable, refuse_unreadable
from contract.parameters import ParameterParser
from contract.validation_messages import describe_error
from errors import Refusal

ARGUMENTS, BODY, RAW_BODY = "wth.arguments", "wth.body", "wth.raw_body"


class RequestValidator:
    """What one operation asks of a request; leaves the parsed parts in `scope["extensions"]`."""

    def __init__(self, next_app: ASGIApp, operation: Any) -> None:
        self.next_app = next_app
        self.parameters = ParameterParser(operation.parameters)
        body = operation.request_body or {}
        self.has_body = bool(body)
        self.is_body_required = body.get("required", False)
        self.schema: Any = body["content"]["application/json"]["schema"].validator if body else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions = scope["extensions"]
        refuse_unacceptable(scope["headers"])
        extensions[ARGUMENTS] = self.parameters.read(scope)
        if self.has_body:
            raw = await _read(receive)
            extensions[RAW_BODY], extensions[BODY] = raw, self._parse(scope, raw)
        await self.next_app(scope, receive, send)

    def _parse(self, scope: Scope, raw: bytes) -> Any:
        if not raw:
            if self.is_body_required:
                raise Refusal("invalid_json", "Send a JSON body.", param="$")
            return None
        refuse_unreadable(scope["headers"])
        body = _json(raw)
        if not self.schema.is_valid(body):
            raise describe_error(next(self.schema.iter_errors(body)))
        return body


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as fault:
        where = f"line {fault.lineno}, column {fault.colno}"
        raise Refusal("invalid_json", f"The body is not valid JSON in UTF-8 ({where}).", param="$") from None


async def _read(receive: Receive) -> bytes:
    """The whole body, chunked or not; a caller who hangs up before its end has asked for nothing."""
    chunks, has_more = [], True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal("invalid_json", "The body broke off before its end.", param="$")
        chunks.append(message.get("body", b""))
        has_more = message.get("more_body", False)
    return b"".join(chunks)


class ValidationApi(RoutedAPI[RequestValidator]):  # type: ignore[misc] # connexion ships no types
    def __init__(self, *args: Any, next_app: ASGIApp, resolver: Any, base_path: str | None = None, **_: Any) -> None:
        super().__init__(*args, next_app=next_app, resolver=resolver, base_path=base_path)
        self.add_paths()

    def make_operation(self, operation: Any) -> RequestValidator:
        return RequestValidator(self.next_app, operation)


class ValidationMiddleware(RoutedMiddleware[ValidationApi]):  # type: ignore[misc] # connexion ships no types
    api_cls = ValidationApi
