"""JSON responses, with ETags for conditional requests."""

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache

from starlette.types import Scope, Send

from contract.content_negotiation import accepts_gzip
from contract.etags import matches_etag

Header = tuple[bytes, bytes]

PUBLIC_CACHE = "public, max-age=300"  # a changed document is seen within five minutes


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
        await self._send_unless_known(scope, send, _hash(self.body))

    async def send_document(self, scope: Scope, send: Send) -> None:
        """Send a public document, which caches keep, compressed where accepted.

        Both encodings have an ETag of their own (RFC 9110 section 8.8.3.3). Either is current while the document is.
        """
        caching = (*self.headers, (b"cache-control", PUBLIC_CACHE.encode()), (b"vary", b"Accept-Encoding"))
        response, etag = JsonResponse(self.status, self.body, caching), _hash_document(self.body)
        if accepts_gzip(_join_headers(scope, b"accept-encoding")):
            encoding = (b"content-encoding", b"gzip")
            response = JsonResponse(self.status, _compress(self.body), (*caching, encoding))
            etag = etag[:-1] + b'-gzip"'
        await response._send_unless_known(scope, send, etag)

    async def _send_unless_known(self, scope: Scope, send: Send, etag: bytes) -> None:
        headers = (*self.headers, (b"etag", etag))
        if matches_etag(_join_headers(scope, b"if-none-match"), etag):
            await _send(send, 304, [header for header in headers if header[0] != b"content-encoding"], b"")
        else:
            await JsonResponse(self.status, self.body, headers).send(send)


def _hash(body: bytes) -> bytes:
    return b'"' + hashlib.sha256(body).hexdigest()[:32].encode() + b'"'


_hash_document = lru_cache(4)(_hash)


@lru_cache(4)
def _compress(body: bytes) -> bytes:
    return gzip.compress(body, mtime=0)


async def _send(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _join_headers(scope: Scope, name: bytes) -> bytes:
    return b",".join(value for key, value in scope["headers"] if key == name)
