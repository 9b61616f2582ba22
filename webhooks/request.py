"""The bytes of requests.

The lines that never change are kept for each URL.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests

from webhooks.guard import check_url

DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Destination:
    """The host of a URL, and the first lines of its requests, which never change."""

    scheme: str
    host: str
    port: int
    first_lines: bytes


def find_destination(url: str, *, allow_private: bool) -> Destination:
    """Encode a URL for sending (punycode, percent-encoding). Raises InvalidUrl."""
    check_url(url, allow_private=allow_private)
    prepared = requests.Request("POST", url).prepare()
    parts = urlsplit(prepared.url or "")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    name = (parts.hostname or "").rstrip(".")  # the dot of a fully qualified name is for the DNS only
    host = f"[{name}]" if ":" in name else name
    netloc = host if port == DEFAULT_PORTS[parts.scheme] else f"{host}:{port}"
    lines = f"POST {prepared.path_url} HTTP/1.1\r\nHost: {netloc}\r\nAccept-Encoding: identity\r\n"
    return Destination(parts.scheme, parts.hostname or "", port, lines.encode("ascii"))


def build_request(destination: Destination, headers: Mapping[str, str], body: bytes) -> bytes:
    """Build a whole request, so that it is sent with one system call.

    Raises ValueError for a header that would become another line.
    """
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers.items()])
    if not lines.count("\r") == lines.count("\n") == len(headers):
        raise ValueError("Invalid header value: it contains a line break.")
    end = f"{lines}Content-Length: {len(body)}\r\n\r\n".encode("latin-1")
    return b"%b%b%b" % (destination.first_lines, end, body)
