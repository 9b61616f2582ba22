"""Connections of urllib3 to checked addresses only, and requests in one piece.

urllib3 opens, verifies and keeps the connections. Its layers above them, and those of requests, take more time than the
network: each of them copies the headers, parses the URL and wraps the response again.
"""

import errno
import logging
import socket
import ssl
import time
from collections.abc import Callable
from typing import Any, cast

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from webhooks.exchange import DeadlineSocket, DeadlineTLSSocket, current_exchange, seconds_until
from webhooks.final_response import FinalResponse
from webhooks.guard import Target

MAX_ADDRESSES = 4
# EPROTOTYPE is macOS's error for a connection that the receiver is closing.
CLOSED_WHILE_SENDING = (errno.EPIPE, errno.ECONNRESET, errno.EPROTOTYPE)

# urllib3's warnings quote the path of a URL, which may hold a dealer's token.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class GuardedConnection(HTTPConnection):
    """Connection to an address that the guard has checked.

    The Host header, SNI and the certificate check still use the host name.
    """

    address: str | None = None
    idle_since: float = 0.0

    def post(self, message: bytes) -> FinalResponse:
        """Send a whole request, and read the head of its response."""
        if self.sock is None:
            self.connect()
        try:
            self.sock.sendall(message)
        except OSError as error:  # the receiver may have responded before it closed the connection
            if error.errno not in CLOSED_WHILE_SENDING:
                raise
        response = FinalResponse(self.sock, method="POST")
        try:
            response.begin()
        except BaseException:
            response.close()
            raise
        return response

    @property
    def has_stray_bytes(self) -> bool:
        """Return True if decrypted bytes are unread.

        urllib3 finds those that the system holds.
        """
        return isinstance(self.sock, ssl.SSLSocket) and self.sock.pending() > 0

    def _new_conn(self) -> socket.socket:
        exchange = current_exchange.get()
        try:
            exchange.enter("dns")
            targets = exchange.resolve(self._dns_host, self.port)[:MAX_ADDRESSES]
            timeout = min(exchange.connect_timeout, exchange.remaining())
            exchange.enter("connect")
            sock = self._connect_to_first(targets, time.monotonic() + timeout)
        except OSError as error:
            raise NewConnectionError(self, "no address accepted the connection") from error
        self.address = exchange.address
        exchange.enter("response")
        return sock

    def _connect_to_first(self, targets: list[Target], deadline: float) -> socket.socket:
        """Try the addresses in order; each one gets an equal share of the remaining time."""
        target, *others = targets
        try:
            return self._open(target, deadline, len(targets))
        except OSError:
            if not others:
                raise
        return self._connect_to_first(others, deadline)

    def _open(self, target: Target, deadline: float, shares: int) -> socket.socket:
        sock = DeadlineSocket(target.family, socket.SOCK_STREAM)
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(seconds_until(deadline) / shares)
            current_exchange.get().address = _format_address(target.sockaddr)
            sock.connect(target.sockaddr)
            sock.settimeout(seconds_until(deadline))  # the remaining time is for the TLS handshake
        except BaseException:
            sock.close()
            raise
        return sock


class GuardedTLSConnection(GuardedConnection, HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        sock = super()._new_conn()
        current_exchange.get().enter("tls")
        return sock

    def connect(self) -> None:
        super().connect()
        current_exchange.get().enter("response")


class GuardedPool(HTTPConnectionPool):
    """Connections to one host, which are kept while they are in step."""

    ConnectionCls = GuardedConnection

    def post(self, message: bytes, read: Callable[[FinalResponse], None]) -> None:
        """Send a request, and pass its response to `read`.

        The connection is kept if `read` has read all of the response, and nothing followed it.
        """
        connection = self._get_conn()
        is_reusable = False
        try:
            response = connection.post(message)
            try:
                read(response)
                is_reusable = response.isclosed() and not response.will_close
            finally:
                response.close()
        finally:
            if not is_reusable or current_exchange.get().has_stray_bytes:
                connection.close()
            connection.idle_since = time.monotonic()
            self._put_conn(connection)

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = cast("GuardedConnection", super()._get_conn(timeout))
        exchange = current_exchange.get()
        is_idle_too_long = time.monotonic() - connection.idle_since >= exchange.max_idle
        if is_idle_too_long or connection.has_stray_bytes:
            connection.close()  # it reconnects when used
        if not connection.is_closed:
            exchange.is_reused, exchange.address = True, connection.address
            exchange.enter("response")
        return connection


class GuardedTLSPool(GuardedPool, HTTPSConnectionPool):
    ConnectionCls = GuardedTLSConnection


def open_pool(scheme: str, host: str, port: int, ssl_context: ssl.SSLContext, idle_connections: int) -> GuardedPool:
    """Open a pool for a host, without a connection yet.

    It modifies `ssl_context`.
    """
    if scheme == "http":
        return GuardedPool(host, port, maxsize=idle_connections)
    ssl_context.sslsocket_class = DeadlineTLSSocket
    return GuardedTLSPool(host, port, maxsize=idle_connections, ssl_context=ssl_context)


def _format_address(sockaddr: tuple[Any, ...]) -> str:
    host, port = sockaddr[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
