"""What goes back over the wire: status, JSON bytes and headers."""

import hashlib
from dataclasses import dataclass

from starlette.types import Scope, Send

Header = tuple[bytes, bytes]


@dataclass(frozen=True)
class JsonResponse:
    """A JSON answer; content type and length are added when it is sent."""

    status: int
    body: bytes
    headers: tuple[Header, ...] = ()

    async def send(self, send: Send) -> None:
        content = [(b"content-type", b"application/json"), (b"content-length", str(len(self.body)).encode())]
        await _send(send, self.status, [*content, *self.headers], self.body)

    async def send_if_changed(self, scope: Scope, send: Send) -> None:
        """With an ETag; 304 without a body when the caller has just this."""
        etag = b'"' + hashlib.sha256(self.body).hexdigest()[:32].encode() + b'"'
        if _is_known(scope, etag):
            await _send(send, 304, [(b"etag", etag)], b"")
        else:
            await JsonResponse(self.status, self.body, (*self.headers, (b"etag", etag))).send(send)


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _is_known(scope: Scope, etag: bytes) -> bool:
    """If-None-Match by the weak comparison of RFC 9110, 13.1.2."""
    given = b",".join(value for name, value in scope["headers"] if name == b"if-none-match")
    tags = [tag.strip().removeprefix(b"W/") for tag in given.split(b",")]
    return b"*" in tags or etag in tags
