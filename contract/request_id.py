"""Request ids: the outermost middleware, which adds the common headers."""

import secrets

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.api_versions import pinned_version, version_headers


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
            state["request_id"] = "req_" + secrets.token_hex(16)
        state["headers"] = []

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                request_id = state["request_id"].encode()
                common = [(b"x-request-id", request_id), *version_headers(pinned_version(scope) or self.api_version)]
                message = {**message, "headers": [*message["headers"], *common, *state["headers"]]}
            await send(message)

        await self.app(scope, receive, send_with_headers)
