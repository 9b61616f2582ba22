"""Body size limit: rejects bodies over 1 MiB while they arrive."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from errors import Refusal

MAX_BODY_BYTES = 1024 * 1024


class BodyLimitMiddleware:
    """Counts the bytes received, because Content-Length may be missing or wrong.

    Raises `body_too_large`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        for name, value in scope["headers"]:
            if name == b"content-length" and value.isdigit() and int(value) > MAX_BODY_BYTES:
                raise _too_large()
        received_bytes = 0

        async def receive_counted() -> Message:
            nonlocal received_bytes
            message = await receive()
            received_bytes += len(message.get("body", b""))
            if received_bytes > MAX_BODY_BYTES:
                raise _too_large()
            return message

        await self.app(scope, receive_counted, send)


def _too_large() -> Refusal:
    return Refusal("body_too_large", "The request body is larger than 1 MiB. Send fewer rows per request.")
