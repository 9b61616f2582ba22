"""Webhook receiver of the demo.

It verifies each delivery, prints it and keeps the latest ones.
"""

import sys
import time
from collections import deque
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import orjson

from demo.seed import state_path
from webhooks import signing

MAX_RECEIVED = 200
MAX_BODY_BYTES = 1024 * 1024


class ReceiverHandler(BaseHTTPRequestHandler):
    """Accept deliveries by POST. GET returns the latest ones as JSON, oldest first."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    received: ClassVar[deque[dict[str, Any]]] = deque(maxlen=MAX_RECEIVED)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > MAX_BODY_BYTES:
            self.send_error(413)
            return
        body = self.rfile.read(length)
        result = signing.verify(
            header=self.headers.get("WTH-Signature", ""), body=body, secrets=[_secret()], now=int(time.time())
        )
        event = orjson.loads(body) if result.is_valid else {}
        self.received.append({"event_id": event.get("id"), "event": event.get("event"), "is_valid": result.is_valid})
        _print(describe_delivery(event, result))
        self._respond(200 if result.is_valid else 400, b"{}")

    def do_GET(self) -> None:
        self._respond(200, orjson.dumps({"object": "list", "data": list(self.received)}))

    def log_message(self, *_: object) -> None:
        """Print no access log; `_print` reports each delivery."""

    def _respond(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def run(port: int) -> None:
    """Listen on the loopback address until the process ends."""
    ThreadingHTTPServer.allow_reuse_address = True
    with suppress(KeyboardInterrupt):  # Ctrl-C signals every process of the terminal
        ThreadingHTTPServer(("127.0.0.1", port), ReceiverHandler).serve_forever()


def describe_delivery(event: dict[str, Any], result: signing.Verification) -> str:
    """Describe a delivery in one line.

    `event` is the parsed body. It is not used if the delivery is invalid.
    """
    if not result.is_valid:
        return f"Received an invalid webhook: {result.value}"
    subject = event["data"].get("title") or event["data"].get("id") or event["data"].get("message") or ""
    mode = "live" if event["livemode"] else "test"
    return f"Received {event['event']:<22} #{event['sequence']:<5} {mode}  signature valid  {subject}"


def _secret() -> str:
    secret: str = orjson.loads(state_path().read_bytes())["endpoint_secret"]
    return secret


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
