"""JSON responses, with ETags for conditional requests."""

import hashlib
from dataclasses import dataclass

from starlette.types import Scope, Send

Header = tuple[bytes, bytes]


@dataclass(frozen=True)
class JsonResponse:
    """A JSON response; content type and length are added when it is sent."""

    status: int
    body: bytes
    headers: tuple[Header, ...] = ()

    async def send(self, send: Send) -> None:
        content = [(b"content-type", b"application/json"), (b"content-length", str(len(self.body)).encode())]
        await _send(send, self.status, [*content, *self.headers], self.body)

    async def send_if_changed(self, scope: Scope, send: Send) -> None:
        """Send with an ETag, or 304 without a body if the client has this representation."""
        etag = b'"' + hashlib.sha256(self.body).hexdigest()[:32].encode() + b'"'
        if _matches_etag(scope, etag):
            await _send(send, 304, [(b"etag", etag)], b"")
        else:
            await JsonResponse(self.status, self.body, (*self.headers, (b"etag", etag))).send(send)


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _matches_etag(scope: Scope, etag: bytes) -> bool:
    """Compare the ETag with If-None-Match, weakly (RFC 9110 section 13.1.2)."""
    header = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
    tags = [tag.strip().removeprefix(b"W/") for tag in header.split(b",")]
    return b"*" in tags or etag in tags
