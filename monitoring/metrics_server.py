"""`/metrics` on WTH_METRICS_PORT, in a thread of each web process and worker.

All processes of a machine listen on the same port, and the system gives each request to one of them. Any of them
reports for all, so the port responds while one lives.
"""

import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from monitoring.exposition import CHALLENGE, PATH, is_authorized, render

CLIENT_SECONDS = 2.0  # requests come one at a time, so a slow client holds up the next one

log = logging.getLogger("wth.metrics")


class MetricsRequestHandler(WSGIRequestHandler):
    """Handler of one request, without a log line."""

    timeout = CLIENT_SECONDS

    def log_message(self, format: str, *args: Any) -> None:
        pass


class MetricsServer(WSGIServer):
    """HTTP server that works on one request at a time."""

    def __init__(self, listener: socket.socket) -> None:
        super().__init__(listener.getsockname()[:2], MetricsRequestHandler, bind_and_activate=False)
        self.socket.close()
        self.socket = listener
        self.server_name, self.server_port = "metrics", listener.getsockname()[1]
        self.setup_environ()
        self.set_app(respond)
        self.server_activate()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log an error, but no client that is slow or that leaves."""
        if not isinstance(sys.exception(), OSError):
            log.exception("Request for metrics failed.")


def serve(listener: socket.socket) -> MetricsServer:
    """Serve on a bound socket, in a thread that ends with the process."""
    server = MetricsServer(listener)
    threading.Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    return server


def respond(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """WSGI application (PEP 3333) with one path."""
    if environ["PATH_INFO"] != PATH:
        return _send(start_response, "404 Not Found", f"Nothing exists at this path. See {PATH}.\n")
    if not is_authorized(environ.get("HTTP_AUTHORIZATION", "")):
        challenge = ("WWW-Authenticate", CHALLENGE)
        return _send(start_response, "401 Unauthorized", "Send the token of WTH_METRICS_TOKEN.\n", challenge)
    text, media_type = render(environ.get("HTTP_ACCEPT", ""))
    start_response("200 OK", [("Content-Type", media_type), ("Cache-Control", "no-store")])
    return [text]


def _send(start_response: Callable[..., Any], status: str, text: str, *headers: tuple[str, str]) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain; charset=utf-8"), *headers])
    return [text.encode()]
