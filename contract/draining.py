"""Ends a web server without losing a request that is on its way.

A proxy repeats a request that it could not begin to send. It cannot repeat an order after its connection was closed,
because the hub may have placed it.
"""

import asyncio
import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

DRAIN_SECONDS = 1.0  # in which a connection may still begin a request


class DrainingProtocol(HttpToolsProtocol):
    """A connection that ends with its next response, or soon, once the server stops."""

    is_stopping = False

    def shutdown(self) -> None:
        """End after the request in progress, which is told so, or after the next one."""
        self.is_stopping = True
        if self._is_serving():
            self.cycle.keep_alive = False
        else:
            self.loop.call_later(DRAIN_SECONDS, self._close_if_idle)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self.is_stopping:
            self.cycle.keep_alive = False

    def _close_if_idle(self) -> None:
        if not self._is_serving():
            self.transport.close()

    def _is_serving(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete


class DrainingServer(uvicorn.Server):
    """Server that also serves the connections that wait in the kernel when it stops."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        accepted = accept_waiting(sockets or [])
        for server in self.servers:  # at once, so that the kernel accepts no other connection
            server.close()
        for listener in sockets or []:
            listener.close()
        loop = asyncio.get_running_loop()
        for connection in accepted:
            with suppress(OSError):  # the client has gone
                await loop.connect_accepted_socket(self._create_protocol, connection)
        await super().shutdown(sockets)

    @property
    def _create_protocol(self) -> Callable[[], asyncio.Protocol]:
        create: Any = self.config.http_protocol_class
        return lambda: create(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)


def accept_waiting(listeners: Iterable[socket.socket]) -> list[socket.socket]:
    """Accept the connections that wait in the kernel, without waiting for others."""
    accepted = []
    for listener in listeners:
        with suppress(OSError):  # none waits
            while True:
                accepted.append(listener.accept()[0])
    return accepted
