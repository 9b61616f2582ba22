"""The contract itself, as clients, tools and generators read it."""

from spec.document import served


def get_openapi() -> bytes:
    return served()
