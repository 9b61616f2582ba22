"""Connections that the kernel has accepted, and the server not yet, when the server stops."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.supervisors import multiprocess

from commands.web_server import BoundedServer, web_options

REQUEST = b"GET / HTTP/1.1\r\nHost: hub.test\r\n\r\n"
CONNECTIONS = 5


async def respond(scope: Any, _receive: Any, send: Any) -> None:
    """ASGI application with one response."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})


def create_single(config: uvicorn.Config, _listener: socket.socket) -> uvicorn.Server:
    return BoundedServer(config, 60.0, lambda: None)


def create_one_of_several(config: uvicorn.Config, listener: socket.socket) -> uvicorn.Server:
    return multiprocess.Process(config, [listener]).server


async def stop_with_waiting_connections(server: uvicorn.Server, listener: socket.socket) -> list[socket.socket]:
    """Connect without giving the server's event loop time to accept, and stop the server."""
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup([listener])
    clients = [socket.create_connection(listener.getsockname(), timeout=10) for _ in range(CONNECTIONS)]
    for client in clients:
        client.sendall(REQUEST)
    await server.shutdown([listener])
    return clients


@pytest.mark.parametrize("create_server", [create_single, create_one_of_several])
def test_waiting_connections_are_served(
    create_server: Callable[[uvicorn.Config, socket.socket], uvicorn.Server],
) -> None:
    config = uvicorn.Config(respond, **{**web_options(), "lifespan": "off"})
    listener = socket.create_server(("127.0.0.1", 0))
    clients = asyncio.run(stop_with_waiting_connections(create_server(config, listener), listener))
    for client in clients:
        with client:
            assert client.recv(65536).startswith(b"HTTP/1.1 204")
