"""A webhook receiver on loopback: keeps what arrives, answers as it is told, holds every body to the document."""

import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import orjson

from contract.document import Document
from spec.document import read_document


@dataclass
class Delivered:
    """One request as it arrived; `answered_at` is set when its answer goes out."""

    headers: dict[str, str]
    body: bytes
    arrived_at: float = field(default_factory=time.monotonic)
    answered_at: float | None = None

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = orjson.loads(self.body)
        return event

    @property
    def faults(self) -> list[str]:
        """What the document's schema for this event has against the body."""
        schema = _payloads()[self.headers["WTH-Event-Type"]]
        return [f"{error.instance_path}: {error.message}" for error in schema.validator.iter_errors(self.event)]


@lru_cache(1)
def _payloads() -> dict[str, Any]:
    return Document(read_document()).webhooks


Answer = int | tuple[int, dict[str, str]] | tuple[int, dict[str, str], bytes]


class PatientServer(ThreadingHTTPServer):
    """A client that was killed, or hung up, is no fault of ours and worth no trace."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Receiver:
    """`answer(delivered)` gives a status, headers and body; the default is 200.

    When it closes, each body must have fitted its schema; `is_checked` turns that off for bodies of older versions.
    """

    def __init__(self, answer: Callable[[Delivered], Answer] = lambda _: 200) -> None:
        self.answer = answer
        self.is_checked = True
        self.deliveries: list[Delivered] = []
        self._arrived = threading.Condition()
        self._server = PatientServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hooks"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, fault: object, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        if self.is_checked and fault is None:
            assert [found for delivered in self.deliveries for found in delivered.faults] == []

    def wait_for(self, count: int, seconds: float = 20) -> list[Delivered]:
        """Waits until that many requests have arrived."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.deliveries) >= count, seconds), len(self.deliveries)
            return list(self.deliveries)

    @property
    def events(self) -> list[str]:
        return [delivered.event["event"] for delivered in self.deliveries]

    def _take(self, delivered: Delivered) -> Answer:
        with self._arrived:
            self.deliveries.append(delivered)
            self._arrived.notify_all()
        return self.answer(delivered)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                delivered = Delivered(dict(self.headers.items()), body)
                status, headers, content = _whole(receiver._take(delivered))
                delivered.answered_at = time.monotonic()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _whole(answer: Answer) -> tuple[int, dict[str, str], bytes]:
    if isinstance(answer, int):
        return answer, {}, b""
    status, headers, *content = answer
    return status, headers, content[0] if content else b""
