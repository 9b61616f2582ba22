"""A receiver of webhooks on loopback, plain or TLS, that behaves as its script says."""

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

PACE = 0.01  # seconds between the pieces of a slow answer


@dataclass(frozen=True)
class Received:
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
    """The receiver's end of one connection."""

    sock: socket.socket
    stopping: threading.Event
    received: list[Received]
    _buffer: bytes = b""

    def requests(self) -> Iterator[Received]:
        while (request := self.next_request()) is not None:
            yield request

    def next_request(self) -> Received | None:
        if not self._fill(lambda: b"\r\n\r\n" in self._buffer):
            return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        request_line, *header_lines = head.decode("latin-1").split("\r\n")
        length = int(Received(request_line, header_lines, b"").headers.get("content-length", "0"))
        self._fill(lambda: len(self._buffer) >= length)
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        request = Received(request_line, header_lines, body)
        self.received.append(request)
        return request

    def send(self, content: bytes) -> None:
        self.sock.sendall(content)

    def drip(self, pieces: Iterable[bytes]) -> None:
        for piece in pieces:
            if self.stopping.wait(PACE):
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
class Receiver:
    script: Script
    tls: ssl.SSLContext | None = None
    received: list[Received] = field(default_factory=list)
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
            _hang_up(sock)
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
        with contextlib.suppress(OSError), sock, self._encrypted(sock) as stream:  # the sender may hang up
            self.script(Peer(stream, self._stopping, self.received))

    def _encrypted(self, sock: socket.socket) -> socket.socket:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.tls is None:
            return sock
        stream = self.tls.wrap_socket(sock, server_side=True)
        self._open.append(stream)
        return stream


class Names:
    """A name server: every host has these addresses; with several lists, one after another."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)
        self.lookups: list[tuple[str, int]] = []

    def __call__(self, host: str, port: int, **_hints: object) -> list[tuple[object, ...]]:
        self.lookups.append((host, port))
        addresses = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [_answer(address, port) for address in addresses]


def respond(
    status: str = "200 OK", body: bytes = b"ok", headers: Iterable[str] = (), *, length: int | None = None
) -> bytes:
    stated = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {stated}", "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def always(answer: bytes) -> Script:
    def script(peer: Peer) -> None:
        for _ in peer.requests():
            peer.send(answer)

    return script


def dripping(start: bytes, pieces: Iterable[bytes]) -> Script:
    def script(peer: Peer) -> None:
        peer.next_request()
        peer.send(start)
        peer.drip(pieces)

    return script


def once(answer: bytes) -> Script:
    """Answers one request and hangs up."""

    def script(peer: Peer) -> None:
        peer.next_request()
        peer.send(answer)

    return script


def _answer(address: str, port: int) -> tuple[object, ...]:
    is_six = ":" in address
    sockaddr = (address, port, 0, 0) if is_six else (address, port)
    return (socket.AF_INET6 if is_six else socket.AF_INET, socket.SOCK_STREAM, 6, "", sockaddr)


def _hang_up(sock: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may be closed already
        sock.shutdown(socket.SHUT_RDWR)
