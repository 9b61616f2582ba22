"""Hubs to talk to: the application in a thread of this process, or as processes of its own."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn

from app import create_app
from contract.http_protocol import JsonErrorProtocol
from spec.document import BASE_PATH


@dataclass
class Server:
    """Where a hub listens; `url` is the API's base."""

    port: int

    @property
    def site(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return self.site + BASE_PATH


@contextmanager
def serve_app() -> Iterator[Server]:
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(), log_level="warning", lifespan="on", proxy_headers=False, http=JsonErrorProtocol
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    yield Server(listening.getsockname()[1])
    server.should_exit = True
    thread.join(10)
    listening.close()
