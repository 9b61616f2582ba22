"""HTTP connections that reach checked addresses only, plugged into requests."""

import logging
import socket
import ssl
import time
from http import HTTPStatus
from http.client import HTTPResponse
from typing import Any, cast

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from webhooks.exchange import DeadlineSocket, DeadlineTLSSocket, current_exchange, until
from webhooks.guard import Target

MAX_ADDRESSES = 4

# Its warnings quote the path of a URL, and dealers keep tokens there.
logging.getLogger("urllib3").setLevel(logging.ERROR)


class FinalResponse(HTTPResponse):
    """Reads on after every interim answer (RFC 9110, 15.2); the standard library does so after 100 only."""

    def begin(self) -> None:
        super().begin()
        while 100 <= self.status < 200 and self.status != HTTPStatus.SWITCHING_PROTOCOLS:
            self.headers = None  # type: ignore[assignment] # tells the base class that it has not begun
            super().begin()


class GuardedConnection(HTTPConnection):
    """Connects to an address that the guard has seen; Host, SNI and certificate stay with the name."""

    response_class = FinalResponse
    address: str | None = None
    idle_since: float = 0.0

    def _new_conn(self) -> socket.socket:
        exchange = current_exchange.get()
        try:
            exchange.enter("dns")
            targets = exchange.resolve(self._dns_host, self.port)[:MAX_ADDRESSES]
            patience = min(exchange.connect_timeout, exchange.remaining())
            exchange.enter("connect")
            sock = self._first_to_accept(targets, time.monotonic() + patience)
        except OSError as error:
            raise NewConnectionError(self, "no address accepted the connection") from error
        self.address = exchange.address
        exchange.enter("answer")
        return sock

    def _first_to_accept(self, targets: list[Target], give_up_at: float) -> socket.socket:
        """Each address gets an equal share of the time that is left, the last one all of it."""
        first, *others = targets
        try:
            return self._open(first, give_up_at, len(targets))
        except OSError:
            if not others:
                raise
        return self._first_to_accept(others, give_up_at)

    def _open(self, target: Target, give_up_at: float, shares: int) -> socket.socket:
        sock = DeadlineSocket(target.family, socket.SOCK_STREAM)
        try:
            for option in self.socket_options or ():
                sock.setsockopt(*option)
            sock.settimeout(until(give_up_at) / shares)
            current_exchange.get().address = _printed(target.sockaddr)
            sock.connect(target.sockaddr)
            sock.settimeout(until(give_up_at))  # the TLS handshake has the rest
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
        current_exchange.get().enter("answer")


class GuardedPool(HTTPConnectionPool):
    ConnectionCls = GuardedConnection

    def _get_conn(self, timeout: float | None = None) -> Any:
        connection = cast("GuardedConnection", super()._get_conn(timeout))
        exchange = current_exchange.get()
        if time.monotonic() - connection.idle_since >= exchange.max_idle:
            connection.close()  # it connects again when used
        if not connection.is_closed:
            exchange.is_kept_alive, exchange.address = True, connection.address
            exchange.enter("answer")
        return connection

    def _put_conn(self, connection: Any) -> None:
        if connection is not None:
            connection.idle_since = time.monotonic()
        super()._put_conn(connection)


class GuardedTLSPool(GuardedPool, HTTPSConnectionPool):
    ConnectionCls = GuardedTLSConnection


class GuardedAdapter(HTTPAdapter):
    """Every connection it opens is guarded and made with one SSLContext, which it takes over."""

    def __init__(self, ssl_context: ssl.SSLContext, *, pools: int, per_host: int) -> None:
        ssl_context.sslsocket_class = DeadlineTLSSocket
        self._ssl_context = ssl_context
        super().__init__(pool_connections=pools, pool_maxsize=per_host)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._ssl_context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": GuardedPool, "https": GuardedTLSPool}

    def cert_verify(self, *_args: Any, **_kwargs: Any) -> None:
        """Leaves it to the context: requests would have the CA bundle read for every connection."""


def _printed(sockaddr: tuple[Any, ...]) -> str:
    host, port = sockaddr[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
