"""Raw HTTP on sockets, from any loopback address: requests that are slow, incomplete or malformed."""

import socket
from contextlib import suppress

Headers = list[tuple[str, str]]


def request(method: str, path: str, headers: Headers, body: bytes = b"") -> bytes:
    """Build a complete request with Host, Content-Length and `Connection: close`."""
    sized: Headers = [("Host", "hub.test"), ("Connection", "close"), ("Content-Length", str(len(body)))]
    return head(method, path, [*sized, *headers]) + body


def head(method: str, path: str, headers: Headers) -> bytes:
    """Build the head of a request with exactly these headers."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"


def connect(port: int, address: str, *, timeout: float = 15, receive_buffer: int = 0) -> socket.socket:
    """Connect to the hub from one of the loopback addresses.

    `receive_buffer` limits the bytes that the kernel takes while the program does not read.
    """
    connection = socket.socket()
    connection.settimeout(timeout)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.bind((address, 0))
    connection.connect(("127.0.0.1", port))
    return connection


def exchange(port: int, address: str, sent: bytes, *, timeout: float = 15) -> bytes:
    """Send bytes and read until the hub closes the connection. Empty if it closes without a response."""
    with suppress(OSError), connect(port, address, timeout=timeout) as connection:
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(sent)
        return read_all(connection)
    return b""


def read_all(connection: socket.socket) -> bytes:
    """Read until the hub closes the connection, or until the timeout."""
    received = b""
    with suppress(OSError):
        while data := connection.recv(65536):
            received += data
    return received


def status_of(response: bytes) -> int:
    """Status of a raw response, 0 without one."""
    return int(response[9:12]) if response.startswith(b"HTTP/1.1 ") else 0
