"""Errors that the HTTP server sends, because no request reaches the application."""

import http
import secrets

import orjson

from errors import Refusal
from spec.catalogue import error_detail, status_of
from spec.document import read_document

MALFORMED = Refusal("validation_failed", "The request is not well-formed HTTP/1.1. Use an HTTP library to send it.")
LARGE_HEAD = Refusal(
    "validation_failed", "Request line and headers are larger than 64 KiB. Send fewer or shorter headers."
)
NO_TUNNELS = Refusal("validation_failed", "The hub is not a proxy. Send requests with a path, without CONNECT.")
TOO_SLOW = Refusal("request_timeout", "The request did not arrive in time. Send it again without pauses.")
TOO_MANY = Refusal(
    "service_unavailable",
    "Too many connections are open. Close some, and send this request again in a few seconds.",
    headers={"Retry-After": "2"},
)


def render_error(refusal: Refusal) -> bytes:
    """Render a response with the error envelope that closes the connection."""
    request_id = "req_" + secrets.token_hex(16)
    body = orjson.dumps({"error": error_detail(refusal, request_id)})
    status = http.HTTPStatus(status_of(refusal.code))
    head = [
        f"HTTP/1.1 {status.value} {status.phrase}",
        "content-type: application/json",
        f"content-length: {len(body)}",
        f"x-request-id: {request_id}",
        f"x-api-version: {read_document()['info']['version']}",
        *(f"{name.lower()}: {value}" for name, value in refusal.headers.items()),
        "connection: close",
    ]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
