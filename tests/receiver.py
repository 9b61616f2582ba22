"""An HTTP receiver for deliveries on loopback: stubbed responses, and every body validated against the spec."""

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
    """One request as it arrived; `responded_at` is set when its response is sent."""

    headers: dict[str, str]
    body: bytes
    arrived_at: float = field(default_factory=time.monotonic)
    responded_at: float | None = None

    @property
    def event(self) -> dict[str, Any]:
        event: dict[str, Any] = orjson.loads(self.body)
        return event

    @property
    def schema_errors(self) -> list[str]:
        """Validate the body against the spec's schema for this event."""
        schema = _webhooks()[self.headers["WTH-Event-Type"]]
        return [f"{error.instance_path}: {error.message}" for error in schema.validator.iter_errors(self.event)]


@lru_cache(1)
def _webhooks() -> dict[str, Any]:
    return Document(read_document()).webhooks


StubResponse = int | tuple[int, dict[str, str]] | tuple[int, dict[str, str], bytes]


class QuietServer(ThreadingHTTPServer):
    """Prints no traceback when a client closes the connection or is killed."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Receiver:
    """`respond(delivered)` returns a status, or a tuple with headers and body; the default is 200.

    Closing it fails the test if a body did not match its schema; `validates_bodies` turns that off for bodies of
    older API versions.
    """

    __slots__ = ("_arrived", "_server", "deliveries", "respond", "url", "validates_bodies")  # a misspelled one raises

    def __init__(self, respond: Callable[[Delivered], StubResponse] = lambda _: 200) -> None:
        self.respond = respond
        self.validates_bodies = True
        self.deliveries: list[Delivered] = []
        self._arrived = threading.Condition()
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hooks"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, error: object, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        if self.validates_bodies and error is None:
            assert [error for delivered in self.deliveries for error in delivered.schema_errors] == []

    def wait_for(self, count: int, seconds: float = 20) -> list[Delivered]:
        """Wait until that many requests have arrived."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.deliveries) >= count, seconds), len(self.deliveries)
            return list(self.deliveries)

    @property
    def events(self) -> list[str]:
        return [delivered.event["event"] for delivered in self.deliveries]

    def _handle(self, delivered: Delivered) -> StubResponse:
        with self._arrived:
            self.deliveries.append(delivered)
            self._arrived.notify_all()
        return self.respond(delivered)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                delivered = Delivered(dict(self.headers.items()), body)
                status, headers, content = _complete(receiver._handle(delivered))
                delivered.responded_at = time.monotonic()
                self.send_response(status)
                for name, value in {"Content-Length": str(len(content)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        return Handler


def _complete(response: StubResponse) -> tuple[int, dict[str, str], bytes]:
    if isinstance(response, int):
        return response, {}, b""
    status, headers, *content = response
    return status, headers, content[0] if content else b""
