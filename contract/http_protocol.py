"""HTTP/1.1 protocol for uvicorn: JSON errors and a limit on the request head.

Malformed HTTP never reaches the application, so the server itself must respond in JSON. The stock protocol also
buffers request headers without a limit.
"""

import secrets

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from errors import Refusal
from spec.catalogue import api_error, status_of
from spec.document import read_document

MAX_HEAD_BYTES = 64 * 1024


class JsonErrorProtocol(HttpToolsProtocol):
    """Replaces uvicorn's text/plain 400 for malformed requests with JSON."""

    is_in_head = False
    head_bytes = 0

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self.head_bytes = self.head_bytes + len(data) if self.is_in_head else 0
        if self.head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self._reject("Request line and headers are larger than 64 KiB. Send fewer or shorter headers.")

    def on_message_begin(self) -> None:
        self.is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.is_in_head = False
        super().on_headers_complete()

    def send_400_response(self, msg: str) -> None:
        self._reject("The request is not well-formed HTTP/1.1. Use an HTTP library to send it.")

    def _reject(self, message: str) -> None:
        refusal = Refusal("validation_failed", message)
        request_id = "req_" + secrets.token_hex(16)
        body = orjson.dumps({"error": api_error(refusal, request_id)})
        head = [
            f"HTTP/1.1 {status_of(refusal.code)} Bad Request",
            "content-type: application/json",
            f"content-length: {len(body)}",
            f"x-request-id: {request_id}",
            f"x-api-version: {read_document()['info']['version']}",
            "connection: close",
        ]
        self.transport.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        self.transport.close()
