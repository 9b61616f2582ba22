"""Connection limits of a web process: number, durations and rates.

Slow or half-sent requests (Slowloris) cost the client its own connection and nobody else's.
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

from contract.request_slots import RequestSlots
from models.network_address import counted_address, parse_address


@dataclass(frozen=True)
class ConnectionLimits:
    """Bounds of one web process. Durations are in seconds.

    `total` and `per_client` count open connections; the addresses in `trusted` have no limit of their own.
    `running_per_client` counts requests that the event loop works on.
    """

    total: int = 1000
    per_client: int = 200
    running_per_client: int = 4
    trusted: tuple[IPv4Network | IPv6Network, ...] = ()
    head_seconds: float = 10
    body_window_seconds: float = 10  # in each window the body must arrive with min_bytes_per_second
    write_window_seconds: float = 20  # in each window the client must take min_bytes_per_second of the response
    min_bytes_per_second: int = 1024
    idle_seconds: float = 5
    proxy_idle_seconds: float = 75  # longer than nginx keeps idle connections, so that the proxy closes them
    linger_seconds: float = 5  # how long the rest of a body is discarded after the response
    scan_seconds: float = 1


class Connection(Protocol):
    """The part of an HTTP protocol that the table needs."""

    def enforce_deadlines(self, now: float) -> None:
        """Close the connection if a deadline has passed.

        `now` is the event loop's time.
        """

    def evict(self) -> None:
        """Close the connection at once."""


class ConnectionTable:
    """The open connections of one web process.

    `waiting` has those without a complete request, in the order in which they began to wait. They are closed first
    when a limit is reached, so a client that sends its request at once is served while others send theirs slowly.
    `stopping` is set when the server begins to stop. `slots` has the requests of all connections.
    """

    def __init__(self, limits: ConnectionLimits) -> None:
        self.limits = limits
        self.slots = RequestSlots(limits.running_per_client)
        self.clients: dict[Connection, str] = {}
        self.counts: Counter[str] = Counter()
        self.waiting: dict[Connection, None] = {}
        self.is_scanning = False
        self.stopping = asyncio.Event()

    def admit(self, connection: Connection, host: str) -> bool:
        """Register a connection; return False if the limits do not allow it."""
        client = counted_address(host)
        if self.counts[client] >= self.limits.per_client and not self._is_trusted(host):
            if not self._evict(other for other in self.waiting if self.clients[other] == client):
                return False
        elif len(self.clients) >= self.limits.total and not self._evict(self.waiting):
            return False
        self.clients[connection] = client
        self.counts[client] += 1
        self.waiting[connection] = None
        return True

    def release(self, connection: Connection) -> None:
        """Forget a closed connection."""
        client = self.clients.pop(connection, None)
        if client is None:
            return
        self.waiting.pop(connection, None)
        self.counts[client] -= 1
        if not self.counts[client]:
            del self.counts[client]

    def idle_seconds(self, host: str) -> float:
        """Return how long a connection of this peer may wait for its next request."""
        return self.limits.proxy_idle_seconds if self._is_trusted(host) else self.limits.idle_seconds

    def start_scan(self, loop: asyncio.AbstractEventLoop) -> None:
        """Enforce the deadlines of all connections until none is left.

        One timer for all costs less than one per request.
        """
        if not self.is_scanning:
            self.is_scanning = True
            loop.call_later(self.limits.scan_seconds, self._scan, loop)

    def _scan(self, loop: asyncio.AbstractEventLoop) -> None:
        self.is_scanning = False
        if self.clients:
            self.start_scan(loop)
        now = loop.time()
        for connection in list(self.clients):
            connection.enforce_deadlines(now)

    def _evict(self, candidates: Iterable[Connection]) -> bool:
        oldest = next(iter(candidates), None)
        if oldest is None:
            return False
        self.release(oldest)
        oldest.evict()
        return True

    def _is_trusted(self, host: str) -> bool:
        address = parse_address(host)
        return address is not None and any(address in network for network in self.limits.trusted)
