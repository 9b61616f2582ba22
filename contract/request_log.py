"""Request log middleware: records each authenticated request when it has ended."""

import time

from connexion.middleware.abstract import ROUTING_CONTEXT
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.idempotency import REPLAYED
from contract.request_id import read_time
from contract.request_recorder import RequestRecorder
from contract.validation import RAW_BODY
from models.accounts.caller import Caller
from models.request_log.recorded_request import (
    FIRST_ERROR,
    MAX_BODY_BYTES,
    MAX_HEADER_BYTES,
    MAX_QUERY_BYTES,
    RecordedContent,
    RecordedRequest,
)
from spec.document import SAFE_METHODS

CLIENT_LEFT = 499  # as in the log of the process
KEPT_HEADERS = frozenset((b"user-agent", b"idempotency-key", b"content-type", b"accept", b"if-none-match"))


class RequestLogMiddleware:
    """Outermost layer of the API.

    It records a request with a valid key, unless its dealer has switched the log off: the bodies of writes and errors,
    and the query of any.
    """

    def __init__(self, app: ASGIApp, recorder: RequestRecorder) -> None:
        self.app = app
        self.recorder = recorder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, response = time.perf_counter(), _Response()
        request_id = scope["state"]["request_id"]  # before a replay replaces it

        async def send_observed(message: Message) -> None:
            await send(message)
            response.observe(message)

        try:
            await self.app(scope, receive, send_observed)
        finally:
            caller = scope.get("extensions", {}).get("connexion_context", {}).get("user")
            if caller is not None and caller.has_request_log:
                started_at, duration_ms = read_time(request_id), (time.perf_counter() - started) * 1000
                self.recorder.add(_record(scope, caller, response, started_at, duration_ms))


class _Response:
    """The response as the client received it: the hub sends one in two messages."""

    __slots__ = ("body", "headers", "status")

    def __init__(self) -> None:
        self.status, self.headers, self.body = CLIENT_LEFT, (), b""

    def observe(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
        else:
            self.body = message.get("body", b"")


def _record(scope: Scope, caller: Caller, response: _Response, started_at: int, duration_ms: float) -> RecordedRequest:
    is_replay, is_write = REPLAYED in response.headers, scope["method"] not in SAFE_METHODS
    is_error = response.status >= FIRST_ERROR
    client = scope.get("client")
    return RecordedRequest(
        started_at,
        caller.dealer.id,
        caller.is_test,
        scope["method"],
        scope["path"],
        scope["extensions"][ROUTING_CONTEXT]["operation_id"],
        response.status,
        duration_ms,
        scope["state"]["request_id"],
        is_replay,
        caller.key_prefix,
        client[0] if client else None,
        caller.dealer.reserved_sequences if is_write and not is_error else (None, None),
        _record_content(scope, response.body, has_bodies=is_write or is_error),
    )


def _record_content(scope: Scope, response_body: bytes, *, has_bodies: bool) -> RecordedContent | None:
    query = scope["query_string"][:MAX_QUERY_BYTES]
    if not has_bodies:
        return RecordedContent(query, (), b"", b"") if query else None
    headers = [(name, value[:MAX_HEADER_BYTES]) for name, value in scope["headers"] if name in KEPT_HEADERS]
    body = scope["extensions"].get(RAW_BODY, b"")
    return RecordedContent(query, headers, body[:MAX_BODY_BYTES], response_body[:MAX_BODY_BYTES])
