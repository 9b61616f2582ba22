"""A hub of the future: a proxy that adds to each response what docs/versioning.md allows within a version."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import SplitResult, urlsplit

import requests

from tests.receiver import QuietServer

UNKNOWN_CODE = "listing_on_auction"
UNKNOWN_TYPE = "listing.auctioned"
PASSED_HEADERS = {"Content-Type", "Idempotent-Replay"}
DEALER_DATA = {"metadata"}  # keys and values are the dealer's, not the hub's


def add_fields(value: Any) -> Any:
    """Add an unknown field to every object, at every depth."""
    if isinstance(value, list):
        return [add_fields(item) for item in value]
    if not isinstance(value, dict):
        return value
    fields = {key: item if key in DEALER_DATA else add_fields(item) for key, item in value.items()}
    return {**fields, "unknown_field": {"of": ["a", "newer", "hub"]}}


def add_event(bodies: list[Any]) -> list[Any]:
    """Add an event of an unknown type, with a payload that nobody knows."""
    return [*bodies, {**bodies[0], "event": UNKNOWN_TYPE, "data": {"object": "auction", "lots": 3}}]


def make_newer(document: Any) -> Any:
    """Turn a response of this hub into one of a newer hub."""
    if "error" in document:
        document["error"]["code"] = UNKNOWN_CODE
    elif document["object"] == "list" and document["data"] and document["data"][0]["object"] == "event":
        document["data"] = add_event(document["data"])
    return add_fields(document)


class Handler(BaseHTTPRequestHandler):
    """Passes GET and POST on to the API at `api`."""

    protocol_version = "HTTP/1.1"
    timeout = 30
    api: SplitResult

    def do_GET(self) -> None:
        self.forward()

    def do_POST(self) -> None:
        self.forward()

    def forward(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name: value for name, value in self.headers.items() if name.lower() != "host"}
        url = f"{self.api.scheme}://{self.api.netloc}{self.path}"
        response = requests.request(self.command, url, headers=headers, data=body, timeout=30)
        content = json.dumps(make_newer(response.json())).encode()
        self.send_response(response.status_code)
        for name in PASSED_HEADERS & response.headers.keys():
            self.send_header(name, response.headers[name])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serve_newer(url: str) -> Iterator[str]:
    """Run the proxy before the API at `url`; yields the URL of the newer API."""
    parts = urlsplit(url)
    server = QuietServer(("127.0.0.1", 0), type("HandlerOfApi", (Handler,), {"api": parts}))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield parts._replace(netloc=f"127.0.0.1:{server.server_address[1]}").geturl()
    server.shutdown()
    server.server_close()
