"""One HTTP exchange with a receiver: its limits, progress and sockets."""

import errno
import math
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from io import BufferedReader
from typing import Any, Literal

from webhooks.guard import Target
from webhooks.response_head import ResponseHead

TIMEOUT_UNIT_SECONDS = 0.0625  # a call may end so much after the deadline

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
    head: ResponseHead | None = None  # the last one, which may be interim
    is_complete: bool = False  # the response has been read
    has_stray_bytes: bool = False  # bytes came after the response
    is_out_of_step: bool = False  # a reused connection began with bytes that belong to no response
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
        """Count received bytes. Raises ResponseTooLarge."""
        if self.phase == "response" and received:
            self.enter("body")
        self.received += received
        if self.received > self.max_received:
            raise ResponseTooLarge

    def finish(self, stream: BufferedReader) -> None:
        """Look for bytes after the response in the buffer.

        They would become the beginning of the next response.
        """
        self.is_complete = True
        if current_exchange.get(None) is self:
            with suppress(OSError):  # after a timeout, and the connection is closed then
                self.has_stray_bytes = bool(stream.peek(1))


# A context variable, because urllib3 cannot pass an object to a connection for one request. One exchange per thread.
current_exchange: ContextVar[Exchange] = ContextVar("current_exchange")


class DeadlineSocket(socket.socket):
    """Socket whose calls all share the exchange's deadline.

    A timeout per call would start again with each byte that a slow receiver sends.
    """

    def recv_into(self, *args: Any) -> int:
        exchange = current_exchange.get()
        if exchange.is_complete:  # only bytes that are buffered are looked for
            raise BlockingIOError(errno.EAGAIN, "the response is complete")
        self._limit_to(exchange.remaining())
        received: int = super().recv_into(*args)
        exchange.count(received)
        return received

    def sendall(self, *args: Any) -> None:
        self._limit_to(current_exchange.get().remaining())
        super().sendall(*args)

    def _limit_to(self, seconds: float) -> None:
        """Set the timeout of the next call, rounded up.

        Usually it is the previous one then. Setting another one is a system call, during which other threads take the
        interpreter.
        """
        timeout = math.ceil(seconds / TIMEOUT_UNIT_SECONDS) * TIMEOUT_UNIT_SECONDS
        if timeout != self.gettimeout():
            self.settimeout(timeout)


class DeadlineTLSSocket(DeadlineSocket, ssl.SSLSocket):
    """DeadlineSocket over TLS.

    The handshake is a single call, which the connection's own timeout limits.
    """

    def sendall(self, *args: Any) -> None:
        """Send all bytes.

        Raises BrokenPipeError if the receiver has closed the connection. After that error urllib3 reads what the
        receiver sent before it: a response, or an alert that says why.
        """
        try:
            super().sendall(*args)
        except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
            raise BrokenPipeError(errno.EPIPE, "closed while sending") from error


def seconds_until(deadline: float) -> float:
    """Return the seconds until a deadline on the clock of time.monotonic().

    Raises TimeoutError after the deadline.
    """
    seconds = deadline - time.monotonic()
    if seconds <= 0:
        raise TimeoutError("the deadline has passed")
    return seconds
