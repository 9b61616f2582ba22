"""Runs the application on a loopback port, in a thread of the test process."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from starlette.types import ASGIApp

from app import create_app
from contract.connection_limits import ConnectionLimits
from contract.http_protocol import http_protocol
from spec.document import BASE_PATH


@dataclass
class Server:
    """A running hub; `site` is its base URL, `url` that of the API."""

    port: int

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return self.site + BASE_PATH


@contextmanager
def serve_app(
    application: ASGIApp | None = None,
    *,
    limits: ConnectionLimits | None = None,
    stop_seconds: float | None = None,
) -> Iterator[Server]:
    """Serve an application, by default the whole hub, on a free loopback port.

    `stop_seconds` is how long requests in progress may take when the server stops.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        application or create_app(),
        log_level="warning",
        lifespan="on",
        proxy_headers=False,
        http=http_protocol(limits or ConnectionLimits()),  # type: ignore[arg-type] # uvicorn calls it like a class
    )
    config.timeout_graceful_shutdown = stop_seconds  # type: ignore[assignment] # asyncio accepts fractions
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    yield Server(listener.getsockname()[1])
    server.should_exit = True
    thread.join(10)
    listener.close()
