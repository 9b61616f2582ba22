"""Transport adapter for requests, with connections to checked addresses only."""

import logging
import socket
import ssl
import time
from typing import Any, cast

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from webhooks.exchange import DeadlineSocket, DeadlineTLSSocket, current_exchange, seconds_until
from webhooks.final_response import FinalResponse
from webhooks.guard import Target

MAX_ADDRESSES = 4

# urllib3's warnings quote the path of a URL, which may hold a dealer's token.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class GuardedConnection(HTTPConnection):
    """Connection to an address that the guard has checked.

    The Host header, SNI and the certificate check still use the host name.
    """

    response_class = FinalResponse
    address: str | None = None
    idle_since: float = 0.0

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
    ConnectionCls = GuardedConnection

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

    def _put_conn(self, connection: Any) -> None:
        if connection is not None:
            connection.idle_since = time.monotonic()
            if current_exchange.get().has_stray_bytes:
                connection.close()
        super()._put_conn(connection)


class GuardedTLSPool(GuardedPool, HTTPSConnectionPool):
    ConnectionCls = GuardedTLSConnection


class GuardedAdapter(HTTPAdapter):
    """Adapter with guarded connections, which share one SSLContext.

    It modifies `ssl_context`. `pools` is the number of hosts, `per_host` the number of idle connections to each.
    """

    def __init__(self, ssl_context: ssl.SSLContext, *, pools: int, per_host: int) -> None:
        ssl_context.sslsocket_class = DeadlineTLSSocket
        self._ssl_context = ssl_context
        super().__init__(pool_connections=pools, pool_maxsize=per_host)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._ssl_context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": GuardedPool, "https": GuardedTLSPool}

    def cert_verify(self, *_args: Any, **_kwargs: Any) -> None:
        """Leave verification to the context.

        The base class would read the CA bundle for every connection.
        """


def _format_address(sockaddr: tuple[Any, ...]) -> str:
    host, port = sockaddr[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
