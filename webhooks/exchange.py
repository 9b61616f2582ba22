"""One HTTP exchange with a receiver: its limits, progress and sockets."""

import socket
import ssl
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from webhooks.guard import Target

Phase = Literal["start", "dns", "connect", "tls", "response", "body", "end"]


class ResponseTooLarge(Exception):  # noqa: N818 - not an OSError: those count as a lost connection
    """The receiver sent more than the exchange allows."""


@dataclass(slots=True)
class Exchange:
    """Limits and progress of one request.

    All times are in seconds.
    """

    resolve: Callable[[str, int], list[Target]]
    connect_timeout: float
    deadline: float  # on the clock of time.monotonic()
    max_received: int  # bytes, headers and framing included
    max_idle: float  # seconds that a reused connection may have been idle; 0 always opens a new one
    is_reused: bool = False
    address: str | None = None
    received: int = 0
    has_ended: bool = False  # the receiver has closed the connection
    phase: Phase = "start"
    seconds: dict[Phase, float] = field(default_factory=dict)
    _entered_at: float = field(default_factory=time.monotonic)

    def enter(self, phase: Phase) -> None:
        """Begin a phase and record the duration of the previous one."""
        now = time.monotonic()
        self.seconds[self.phase] = now - self._entered_at
        self.phase, self._entered_at = phase, now

    def remaining(self) -> float:
        """Return the seconds until the deadline. Raises TimeoutError after it."""
        return seconds_until(self.deadline)

    def count(self, received: int) -> None:
        """Count received bytes; 0 means that the receiver has closed the connection.

        Raises ResponseTooLarge.
        """
        self.has_ended = not received
        if self.phase == "response" and received:
            self.enter("body")
        self.received += received
        if self.received > self.max_received:
            raise ResponseTooLarge


# A context variable, because urllib3 cannot pass an object to a connection for one request. One exchange per thread.
current_exchange: ContextVar[Exchange] = ContextVar("current_exchange")


class DeadlineSocket(socket.socket):
    """Socket whose calls all share the exchange's deadline.

    A timeout per call would start again with each byte that a slow receiver sends.
    """

    def recv_into(self, *args: Any) -> int:
        exchange = current_exchange.get()
        self.settimeout(exchange.remaining())
        received: int = super().recv_into(*args)
        exchange.count(received)
        return received

    def sendall(self, *args: Any) -> None:
        self.settimeout(current_exchange.get().remaining())
        super().sendall(*args)


class DeadlineTLSSocket(DeadlineSocket, ssl.SSLSocket):
    """DeadlineSocket over TLS.

    The handshake is a single call, which the connection's own timeout limits.
    """


def seconds_until(deadline: float) -> float:
    """Return the seconds until a deadline on the clock of time.monotonic().

    Raises TimeoutError after the deadline.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the deadline has passed")
    return seconds
