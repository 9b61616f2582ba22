"""Request ids: the outermost middleware, which adds the common headers."""

import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.api_versions import pinned_version, version_headers
from models.clock import now

PREFIX, TIME_DIGITS, RANDOM_BYTES = "req_", 12, 10


def new_request_id() -> str:
    """Return a request ID: `req_`, the time in ms and 80 random bits.

    Both are in hexadecimal. IDs sort by time as UUIDs of version 7 do (RFC 9562), so that the request log finds them
    without an index.
    """
    return f"{PREFIX}{now():0{TIME_DIGITS}x}{secrets.token_hex(RANDOM_BYTES)}"


def read_time(request_id: str) -> int:
    """Return when a request began, in ms."""
    return int(request_id[len(PREFIX) : len(PREFIX) + TIME_DIGITS], 16)


class RequestIdMiddleware:
    """Assigns a request id and adds X-Request-Id and X-API-Version to the response.

    Inner layers put further headers into `scope["state"]["headers"]`.
    """

    def __init__(self, app: ASGIApp, api_version: str) -> None:
        self.app = app
        self.api_version = api_version

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        if "request_id" not in state:  # the hub gives one to every request, to log it
            state["request_id"] = new_request_id()
        state["headers"] = []

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                request_id = state["request_id"].encode()
                common = [(b"x-request-id", request_id), *version_headers(pinned_version(scope) or self.api_version)]
                message = {**message, "headers": [*message["headers"], *common, *state["headers"]]}
            await send(message)

        await self.app(scope, receive, send_with_headers)
