"""Responses of the framework adapters: a status, and a body that says what the delivery log should show."""

from __future__ import annotations

from watchtraderhub.mirror.mirror import MAX_BODY_BYTES

MESSAGES = {
    200: "The event has taken effect.",
    400: "Invalid signature. Check the secret of the endpoint.",
    413: "The body is too large, or its length is missing.",
    503: "The event has not taken effect yet. Send it again later.",
}


def has_valid_length(content_length: str | None) -> bool:
    """Whether a body may be read into memory. The hub always sends Content-Length, and at most 2 MiB."""
    text = content_length or ""
    return text.isascii() and text.isdigit() and int(text[:20]) <= MAX_BODY_BYTES
