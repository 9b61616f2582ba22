"""Malformed HTTP never reaches the application: the server's own answer to it gets the envelope here."""

import secrets

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from errors import Refusal
from spec.catalogue import api_error, status_of
from spec.document import read_document


class EnvelopedProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol, whose answer to rubbish is text/plain otherwise."""

    def send_400_response(self, msg: str) -> None:
        refusal = Refusal("validation_failed", "This is not a well-formed HTTP/1.1 request.")
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
