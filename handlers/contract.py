"""The OpenAPI document, as clients and generators read it."""

from spec.document import serialize_document


def get_openapi() -> bytes:
    return serialize_document()
