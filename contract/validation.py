"""Request validation: parameters, media types and bodies."""

from typing import Any

from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from contract.content_negotiation import require_json_accepted, require_json_body
from contract.json_body import find_error, parse_json, without_byte_order_mark
from contract.parameters import ParameterParser
from contract.validation_messages import invalid_body
from errors import Refusal

ARGUMENTS, BODY, RAW_BODY = "wth.arguments", "wth.body", "wth.raw_body"


class RequestValidator:
    """Validates the requests of one operation.

    Puts the parsed arguments and body into `scope["extensions"]`.
    """

    def __init__(self, next_app: ASGIApp, operation: Any) -> None:
        self.next_app = next_app
        self.parameters = ParameterParser(operation.parameters)
        body = operation.request_body or {}
        self.has_body = bool(body)
        self.is_body_required = body.get("required", False)
        self.schema: Any = body["content"]["application/json"]["schema"].validator if body else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        extensions = scope["extensions"]
        require_json_accepted(scope["headers"])
        extensions[ARGUMENTS] = self.parameters.parse(scope)
        if self.has_body:
            extensions[RAW_BODY] = raw = await _read_body(receive)  # before it is parsed: the log shows invalid bodies
            extensions[BODY] = self._parse_body(scope, raw)
        await self.next_app(scope, receive, send)

    def _parse_body(self, scope: Scope, received: bytes) -> Any:
        raw = without_byte_order_mark(received)
        if not raw:
            if self.is_body_required:
                raise Refusal("invalid_json", "The body is missing. Send a JSON body.", param="$")
            return None
        require_json_body(scope["headers"])
        body = parse_json(raw)
        if body is None and not self.is_body_required:
            return None
        error = find_error(self.schema, body)
        if error is not None:
            raise invalid_body(error)
        return body


async def _read_body(receive: Receive) -> bytes:
    """Read the whole body, chunked or not.

    Raises `invalid_json` if the client disconnects before its end.
    """
    chunks, has_more = [], True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refusal(
                "invalid_json", "The connection closed before the end of the body. Send the request again.", param="$"
            )
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
