"""Security headers and request size limit (ASGI middleware)."""

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import config

MAX_BODY_BYTES = 17 * 1024 * 1024  # an inventory file of 16 MiB and the form around it
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https: data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SecurityHeadersMiddleware:
    """Middleware that adds the security headers to every response.

    It also rejects bodies over 17 MiB, declared or streamed.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send_with_headers = _add_headers(send, _cache_control(scope))
        if _content_length(scope) > MAX_BODY_BYTES:
            await _too_large(scope, receive, send_with_headers)
            return
        await self.app(scope, _limit_body(receive), send_with_headers)


def _add_headers(send: Send, cache_control: str) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("Cache-Control", cache_control)
            if config.PUBLIC_URL.startswith("https://"):
                headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        await send(message)

    return send_with_headers


def _cache_control(scope: Scope) -> str:
    """Choose the Cache-Control header.

    Static files have a digest in their URL and never change. Pages belong to one user and are not stored.
    """
    is_static = scope["path"].startswith("/static/") and scope["query_string"].startswith(b"v=")
    return "public, max-age=31536000, immutable" if is_static else "no-store"


def _content_length(scope: Scope) -> int:
    """Read the declared length in bytes, 0 if none is declared.

    A length that is not a number counts as too large.
    """
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() and len(value) < 19 else MAX_BODY_BYTES + 1
    return 0


def _limit_body(receive: Receive) -> Receive:
    """Cut off a body without a declared length at the limit.

    The form in it is then incomplete and rejected.
    """
    received_bytes = 0

    async def receive_limited() -> Message:
        nonlocal received_bytes
        message = await receive()
        received_bytes += len(message.get("body", b""))
        return {"type": "http.disconnect"} if received_bytes > MAX_BODY_BYTES else message

    return receive_limited


_too_large = PlainTextResponse("The file is too large. Send at most 16 MiB.", status_code=413)
