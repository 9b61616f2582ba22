"""A hub behind a flaky network: a proxy that loses responses, or sends others in place of the hub."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

import requests

from tests.receiver import QuietServer

LOST = "lost"  # the hub executes the request, and the connection ends without a response
PASSED_HEADERS = ("Content-Type", "Retry-After", "X-Request-Id", "Idempotent-Replay", "Location")
# A function is called before the hub gets the request.
Outcome = str | tuple[int, dict[str, str], bytes] | Callable[[], object]


@dataclass
class FlakyHub:
    """`outcomes` are what the next requests of an operation get, such as `POST /orders`; then they reach the hub."""

    site: str
    outcomes: dict[str, list[Outcome]]
    url: str = ""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    def sent(self, operation: str) -> list[tuple[dict[str, str], bytes]]:
        """Headers and body of each request of an operation, with names of headers in lower case."""
        return [(headers, body) for name, headers, body in self.requests if name == operation]


class FlakyHandler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    hub: FlakyHub

    def do_GET(self) -> None:
        self.forward()

    def do_POST(self) -> None:
        self.forward()

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        operation = f"{self.command} {urlsplit(self.path).path.removeprefix('/api/v1')}"
        self.hub.requests.append((operation, headers, body))
        planned = self.hub.outcomes.get(operation) or []
        outcome = planned.pop(0) if planned else None
        if isinstance(outcome, tuple):
            self.respond(*outcome)
            return
        if callable(outcome):
            outcome()
        passed = {name: value for name, value in headers.items() if name not in ("host", "connection")}
        response = requests.request(self.command, self.hub.site + self.path, headers=passed, data=body, timeout=30)
        if outcome == LOST:
            self.close_connection = True
            return
        known = {name: response.headers[name] for name in PASSED_HEADERS if name in response.headers}
        self.respond(response.status_code, known, response.content)

    def respond(self, status: int, headers: dict[str, str], content: bytes) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_flaky(site: str, outcomes: dict[str, list[Outcome]]) -> Iterator[FlakyHub]:
    """Run the proxy before the hub at `site`."""
    hub = FlakyHub(site, outcomes)
    server = QuietServer(("127.0.0.1", 0), type("HandlerOfHub", (FlakyHandler,), {"hub": hub}))
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield hub
    server.shutdown()
    server.server_close()
