"""Refuses bodies over 1 MiB before they are read whole, whatever Content-Length says."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from errors import Refusal

LIMIT_BYTES = 1024 * 1024


class BodyLimitMiddleware:
    """Counts what arrives; raises `body_too_large`."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > LIMIT_BYTES:
                raise _too_large()
        seen = 0

        async def count() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > LIMIT_BYTES:
                raise _too_large()
            return message

        await self.app(scope, count, send)


def _too_large() -> Refusal:
    return Refusal("body_too_large", "A request body has at most 1 MiB; send fewer rows at a time.")
