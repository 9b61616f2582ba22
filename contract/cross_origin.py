"""CORS: scripts of any site may read public documents (Fetch, section 3.3).

The API has no CORS. Its keys belong to servers, see docs/authentication.md.
"""

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Sent without an Origin too, which Starlette's CORSMiddleware does not do: a shared cache keeps one response for all.
ANY_ORIGIN = [(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"*")]
PREFLIGHT = [
    *ANY_ORIGIN,
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"*"),
    (b"access-control-max-age", b"86400"),
]


class CrossOriginMiddleware:
    """Lets scripts of any site read the paths for which `is_public` is true."""

    def __init__(self, app: ASGIApp, is_public: Callable[[str], bool]) -> None:
        self.app = app
        self.is_public = is_public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not self.is_public(scope["path"]):
            await self.app(scope, receive, send)
        elif _is_preflight(scope):
            await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body"})
        else:
            await self.app(scope, receive, _allow_any_origin(send))


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and any(
        name == b"access-control-request-method" for name, _ in scope["headers"]
    )


def _allow_any_origin(send: Send) -> Send:
    async def send_allowed(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message.get("headers", ()), *ANY_ORIGIN]}
        await send(message)

    return send_allowed
