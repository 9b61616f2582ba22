"""Raw HTTP requests on a socket, for requests that no HTTP library sends."""

import contextlib
import http.client
import io
import socket

import requests
import urllib3

from tests.hub import Server

Headers = list[tuple[str, str]]


def request(method: str, target: str, headers: Headers, body: bytes = b"") -> bytes:
    """Build an HTTP/1.1 request with Host and `Connection: close`.

    Content-Length is up to the caller.
    """
    lines = [f"{method} {target} HTTP/1.1", "Host: hub.test", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def sized(body: bytes) -> Headers:
    return [("Content-Length", str(len(body)))]


def chunked(body: bytes, size: int = 65536) -> bytes:
    """The body in the chunked coding of RFC 9112, 7.1."""
    chunks = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def exchange(server: Server, raw_request: bytes) -> requests.Response:
    """Send raw bytes and read the response.

    The hub may close the connection before all bytes are sent.
    """
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(raw_request)
        return read_response(connection, raw_request.split(b" ", 1)[0].decode("latin-1"))


def read_response(connection: socket.socket, method: str = "GET") -> requests.Response:
    raw = http.client.HTTPResponse(connection, method=method)
    raw.begin()
    prepared = requests.Request("GET", "http://hub.test/").prepare()
    body = io.BytesIO(raw.read())
    response = urllib3.HTTPResponse(
        body,
        headers=urllib3.HTTPHeaderDict(raw.getheaders()),
        status=raw.status,
        preload_content=False,
        request_method=method,
    )
    return requests.adapters.HTTPAdapter().build_response(prepared, response)
