"""A TCP server on loopback, plain or TLS, whose script decides every byte that it sends and when.

tests/receiver.py is an ordinary HTTP receiver; this one breaks protocol, pace and certificates.
"""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

DRIP_SECONDS = 0.01  # between the pieces of a slow response


@dataclass(frozen=True)
class RawRequest:
    """One request as it came over the wire."""

    request_line: str
    header_lines: list[str]
    body: bytes

    @property
    def headers(self) -> dict[str, str]:
        pairs = (line.partition(":") for line in self.header_lines)
        return {name.lower(): value.strip() for name, _, value in pairs}


@dataclass
class Peer:
    """The server's end of one connection."""

    sock: socket.socket
    stopping: threading.Event
    received: list[RawRequest]
    _buffer: bytes = b""

    def requests(self) -> Iterator[RawRequest]:
        while (request := self.next_request()) is not None:
            yield request

    def next_request(self) -> RawRequest | None:
        """Read one whole request; None when the client has closed the connection."""
        if not self._fill(lambda: b"\r\n\r\n" in self._buffer):
            return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        request_line, *header_lines = head.decode("latin-1").split("\r\n")
        length = int(RawRequest(request_line, header_lines, b"").headers.get("content-length", "0"))
        self._fill(lambda: len(self._buffer) >= length)
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        request = RawRequest(request_line, header_lines, body)
        self.received.append(request)
        return request

    def send(self, content: bytes) -> None:
        self.sock.sendall(content)

    def drip(self, pieces: Iterable[bytes]) -> None:
        """Send the pieces slowly, until the server closes."""
        for piece in pieces:
            if self.stopping.wait(DRIP_SECONDS):
                return
            self.send(piece)

    def idle(self) -> None:
        self.stopping.wait()

    def reset(self) -> None:
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        self.sock.close()

    def _fill(self, is_enough: Callable[[], bool]) -> bool:
        while not is_enough():
            piece = self.sock.recv(65536)
            if not piece:
                return False
            self._buffer += piece
        return True


Script = Callable[[Peer], None]


@dataclass
class RawServer:
    """Runs `script` for each connection, in a thread of its own."""

    script: Script
    tls: ssl.SSLContext | None = None
    received: list[RawRequest] = field(default_factory=list)
    connections: int = 0
    server_names: list[str | None] = field(default_factory=list)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: list[socket.socket] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.tls is not None:
            self.tls.sni_callback = lambda _sock, name, _context: self.server_names.append(name)
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self._start(self._accept)

    def url(self, path: str = "/hooks", *, host: str = "hooks.example.test") -> str:
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}{path}"

    def close(self) -> None:
        self._stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for sock in self._open:
            _shut_down(sock)
        for thread in self._threads:
            thread.join(timeout=5)
        self._listener.close()

    def _start(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            self._open.append(sock)
            self._start(self._serve, sock)

    def _serve(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock, self._encrypt(sock) as stream:  # the sender may close first
            self.script(Peer(stream, self._stopping, self.received))

    def _encrypt(self, sock: socket.socket) -> socket.socket:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls is None:
            return sock
        stream = self.tls.wrap_socket(sock, server_side=True)
        self._open.append(stream)
        return stream


class FakeResolver:
    """Resolves every host to these addresses; with several lists, to one list after another."""

    def __init__(self, *results: list[str]) -> None:
        self.results = list(results)
        self.lookups: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int, **_hints: object) -> list[tuple[object, ...]]:
        self.lookups.append((host, port))
        addresses = self.results.pop(0) if len(self.results) > 1 else self.results[0]
        return [_address_info(address, port) for address in addresses]


def http_response(
    status: str = "200 OK", body: bytes = b"ok", headers: Iterable[str] = (), *, length: int | None = None
) -> bytes:
    """Build the bytes of a response; `length` makes its Content-Length wrong."""
    content_length = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {content_length}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def always(response: bytes) -> Script:
    """Send the response to every request."""

    def script(peer: Peer) -> None:
        for _ in peer.requests():
            peer.send(response)

    return script


def dripping(start: bytes, pieces: Iterable[bytes]) -> Script:
    """Send the start of a response at once and the pieces slowly."""

    def script(peer: Peer) -> None:
        peer.next_request()
        peer.send(start)
        peer.drip(pieces)

    return script


def once(response: bytes) -> Script:
    """Send the response to one request and close the connection."""

    def script(peer: Peer) -> None:
        peer.next_request()
        peer.send(response)

    return script


def _address_info(address: str, port: int) -> tuple[object, ...]:
    is_ipv6 = ":" in address
    sockaddr = (address, port, 0, 0) if is_ipv6 else (address, port)
    return (socket.AF_INET6 if is_ipv6 else socket.AF_INET, socket.SOCK_STREAM, 6, "", sockaddr)


def _shut_down(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may be closed already
        sock.shutdown(socket.SHUT_RDWR)
