"""One exchange with a receiver: its limits, its clock, and the sockets that keep to them."""

import socket
import ssl
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Literal

from webhooks.guard import Target

Phase = Literal["start", "dns", "connect", "tls", "answer", "body", "end"]


class ResponseTooLarge(Exception):  # noqa: N818 - not an OSError: those count as a lost connection
    """The receiver sent more than the exchange allows."""


@dataclass(slots=True)
class Exchange:
    """One request and its answer: its limits, how far it came and how long each phase took."""

    resolve: Callable[[str, int], list[Target]]
    connect_timeout: float
    deadline: float  # of time.monotonic()
    max_received: int  # bytes, headers and framing included
    max_idle: float  # seconds that a kept-alive connection may have rested; 0 makes a new one
    is_kept_alive: bool = False
    address: str | None = None
    received: int = 0
    has_ended: bool = False  # the receiver has closed the connection
    phase: Phase = "start"
    seconds: dict[Phase, float] = field(default_factory=dict)
    _entered: float = field(default_factory=time.monotonic)

    def enter(self, phase: Phase) -> None:
        now = time.monotonic()
        self.seconds[self.phase] = now - self._entered
        self.phase, self._entered = phase, now

    def remaining(self) -> float:
        """Seconds until the deadline; raises TimeoutError when it has passed."""
        return until(self.deadline)

    def count(self, received: int) -> None:
        self.has_ended = not received
        if self.phase == "answer" and received:
            self.enter("body")
        self.received += received
        if self.received > self.max_received:
            raise ResponseTooLarge


# urllib3 offers no way to hand something to a connection for one request only; a thread has one exchange.
current_exchange: ContextVar[Exchange] = ContextVar("current_exchange")


class DeadlineSocket(socket.socket):
    """Gives every call only what is left until the exchange's deadline. A time limit on the single
    call would start anew with each byte that a receiver lets trickle.
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
    """The same over TLS. The handshake is a single call, which the connection limits."""


def until(moment: float) -> float:
    left = moment - time.monotonic()
    if left <= 0:
        raise TimeoutError("the time is up")
    return left
