"""Compares ETags with If-None-Match (RFC 9110 section 13.1.2)."""

import re

# Apache's mod_deflate and mod_brotli change the ETag of what they compress, and do not change it back.
PROXY_SUFFIX = re.compile(rb'-(?:gzip|br|zstd)(?="$)')


def matches_etag(if_none_match: bytes, etag: bytes) -> bool:
    """Return True if a tag of the header is this ETag, compared weakly.

    A suffix for the encoding is ignored: the hub compresses nothing else than the representation of this ETag.
    """
    tags = {_opaque_tag(tag) for tag in if_none_match.split(b",")}
    return b"*" in tags or _opaque_tag(etag) in tags


def _opaque_tag(tag: bytes) -> bytes:
    return PROXY_SUFFIX.sub(b"", tag.strip().removeprefix(b"W/"))
