"""A small webhook receiver for the demo: verifies each delivery, prints what it got, remembers the last ones."""

import sys
import time
from collections import deque
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import orjson

from demo.seed import notebook_path
from webhooks import signing

REMEMBERED = 200
LARGEST_BODY = 1024 * 1024


class Inbox(BaseHTTPRequestHandler):
    """POST takes a delivery; GET tells the last ones as JSON, newest last."""

    protocol_version = "HTTP/1.1"
    timeout = 60
    received: ClassVar[deque[dict[str, Any]]] = deque(maxlen=REMEMBERED)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > LARGEST_BODY:
            self.send_error(413)
            return
        body = self.rfile.read(length)
        verdict = signing.verify(
            header=self.headers.get("WTH-Signature", ""), body=body, secrets=[_secret()], now=int(time.time())
        )
        event = orjson.loads(body) if verdict.is_valid else {}
        self.received.append({"event_id": event.get("id"), "event": event.get("event"), "is_valid": verdict.is_valid})
        _print(event, verdict)
        self._answer(200 if verdict.is_valid else 400, b"{}")

    def do_GET(self) -> None:
        self._answer(200, orjson.dumps({"object": "list", "data": list(self.received)}))

    def log_message(self, *_: object) -> None:
        """Says nothing of its own; `_print` does."""

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def run(port: int) -> None:
    """Listens on loopback until the process ends."""
    ThreadingHTTPServer.allow_reuse_address = True
    with suppress(KeyboardInterrupt):  # Ctrl-C in the terminal that it shares
        ThreadingHTTPServer(("127.0.0.1", port), Inbox).serve_forever()


def _secret() -> str:
    secret: str = orjson.loads(notebook_path().read_bytes())["endpoint_secret"]
    return secret


def _print(event: dict[str, Any], verdict: signing.Verification) -> None:
    if verdict.is_valid:
        about = event["data"].get("title") or event["data"].get("id") or event["data"].get("message") or ""
        mode = "live" if event["livemode"] else "test"
        line = f"webhook  {event['event']:<22} #{event['sequence']:<5} {mode}  signature valid  {about}"
    else:
        line = f"webhook  refused: {verdict.value}"
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
