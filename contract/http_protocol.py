"""HTTP/1.1 protocol for uvicorn: limits, deadlines and JSON errors.

Malformed HTTP never reaches the application, so the server itself must respond in JSON. The stock protocol has no
limits on headers, trailers, durations and connections, and it drops the body of a request with `Upgrade`.
"""

import asyncio
import functools
import math
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from contract.client_address import find_client_address
from contract.connection_limits import ConnectionLimits, ConnectionTable
from contract.draining import DrainingProtocol
from contract.protocol_errors import LARGE_HEAD, MALFORMED, NO_TUNNELS, TOO_MANY, TOO_SLOW, render_error
from contract.request_slots import Slot
from errors import Refusal
from models.network_address import counted_address

MAX_HEAD_BYTES = 64 * 1024  # of request line, headers and trailers together
MAX_PIPELINED = 16
STOPPING = "wth.stopping"  # the ASGI extension with an asyncio.Event that is set when the server begins to stop


class Phase(Enum):
    """The data that the server expects on a connection."""

    IDLE = auto()  # the first byte of a request
    HEAD = auto()  # the rest of the head
    BODY = auto()  # the rest of the body
    RESPONSE = auto()  # nothing: the request is complete
    CLOSING = auto()  # nothing more: further data is discarded


def http_protocol(limits: ConnectionLimits) -> Callable[..., asyncio.Protocol]:
    """Return the `http` option of uvicorn, whose connections share `limits`."""
    return functools.partial(HubProtocol, table=ConnectionTable(limits))


class HubProtocol(DrainingProtocol):
    """One connection.

    `running` is the request that the application serves; uvicorn's `cycle` is the newest one that was received.
    `deadline` is the event loop's time at which the phase must be over.
    """

    def __init__(self, *args: Any, table: ConnectionTable, **options: Any) -> None:
        super().__init__(*args, **options)
        self.table = table
        self.limits = table.limits
        self.phase = Phase.IDLE
        self.deadline = math.inf
        self.running: RequestResponseCycle | None = None
        self.slot: Slot | None = None  # of the running request
        self.head_bytes = 0  # of the complete fields
        self.field_bytes = 0  # of the incomplete field
        self.window_bytes = 0  # of the body, in this window
        self.is_after_chunk_size = False  # trailers may follow
        self.unsent_bytes = 0
        self.write_deadline = math.inf

    # Connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn declares it
        super().connection_made(transport)
        if not self.table.admit(self, self.client[0] if self.client else ""):
            self._send_error(TOO_MANY)
            return
        self._idle_seconds = self.table.idle_seconds(self.client[0] if self.client else "")
        self.deadline = self.loop.time() + self.limits.head_seconds
        self.table.start_scan(self.loop)

    def connection_lost(self, exc: Exception | None) -> None:
        self.table.release(self)
        if self.slot is not None:
            self.table.slots.withdraw(self.slot)
        for cycle in (self.running, *(queued for queued, _ in self.pipeline)):
            if cycle is not None:
                cycle.disconnected = True
                cycle.message_event.set()
        super().connection_lost(exc)

    def evict(self) -> None:
        self.transport.abort()

    def shutdown(self) -> None:
        self.table.stopping.set()
        super().shutdown()

    # Data

    def data_received(self, data: bytes) -> None:
        if self.phase is Phase.CLOSING:
            return
        if self.phase is Phase.IDLE:
            self.phase = Phase.HEAD
            self.deadline = self.loop.time() + self.limits.head_seconds
        self._parse(data)

    def _parse(self, data: bytes) -> None:
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._ignore_upgrade(data[upgrade.args[0] :])
            return
        except httptools.HttpParserError:
            self._reject(LARGE_HEAD if self.head_bytes > MAX_HEAD_BYTES else MALFORMED)
            return
        if self.phase is Phase.HEAD or self.is_after_chunk_size:
            line_start = data.rfind(b"\n") + 1
            self.field_bytes = len(data) - line_start + (0 if line_start else self.field_bytes)
            if self.head_bytes + self.field_bytes > MAX_HEAD_BYTES:
                self._reject(LARGE_HEAD)

    def _ignore_upgrade(self, rest: bytes) -> None:
        """Parse the request again without its Upgrade header (RFC 9110 section 7.8).

        llhttp takes what follows such a head for another protocol, and would skip the body.
        """
        if self.parser.get_method() == b"CONNECT":
            self._reject(NO_TUNNELS)
            return
        line = b"%b %b HTTP/%b\r\n" % (self.parser.get_method(), self.url, self.parser.get_http_version().encode())
        fields = [b"%b: %b\r\n" % field for field in self.headers if field[0] != b"upgrade"]
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self._parse(b"".join([line, *fields, b"\r\n", rest]))

    # Callbacks of the parser

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope["extensions"] = {STOPPING: self.table.stopping}  # type: ignore[dict-item] # uvicorn expects dicts
        self.head_bytes = self.field_bytes = 0
        self.phase = Phase.HEAD

    def on_url(self, url: bytes) -> None:
        self.url += url
        self.head_bytes += len(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep a header; count and drop a trailer.

        A trailer must not pass for a header (RFC 9110 section 6.5.1).
        """
        self.head_bytes += len(name) + len(value)
        if self.head_bytes > MAX_HEAD_BYTES:
            raise ValueError("The head is too large.")
        if self.phase is Phase.HEAD:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        if self.parser.should_upgrade():
            return
        if len(self.pipeline) >= MAX_PIPELINED:
            raise ValueError("Too many pipelined requests.")
        super().on_headers_complete()
        self.table.waiting.pop(self, None)
        self.phase = Phase.BODY
        self._start_body_window(self.loop.time())

    def on_chunk_header(self) -> None:
        self.is_after_chunk_size = True

    def on_body(self, body: bytes) -> None:
        self.is_after_chunk_size = False
        self.window_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self.is_after_chunk_size = False
        if self.parser.should_upgrade():
            return
        self.phase, self.deadline = Phase.RESPONSE, math.inf
        if self.running is None:
            self._wait_for_request()
        super().on_message_complete()

    # Requests

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Start a request when its client has a free slot and reads the responses."""
        if self.flow.write_paused:
            self.flow.pause_reading()
            self.pipeline.appendleft((cycle, app))
            return
        self.running = cycle
        address = find_client_address(cycle.scope, self.limits.trusted)  # type: ignore[arg-type] # uvicorn's own type
        self.slot = Slot(self.table.slots, counted_address(address))
        in_slot: Any = self.slot.hold_during(app, lambda: cycle.more_body or cycle.flow.write_paused)
        start = functools.partial(super()._start_asgi_task, cycle, in_slot)
        self.table.slots.enter(self.slot, start)

    def on_response_complete(self) -> None:
        self.running = None
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            return
        if self.pipeline:
            self._start_pipelined()
            return
        self.flow.resume_reading()
        if self.phase is Phase.BODY:
            self.deadline = self.loop.time() + self.limits.linger_seconds
        else:
            self._wait_for_request()

    def _start_pipelined(self) -> None:
        if not (self.flow.write_paused or self.transport.is_closing()):
            self._start_asgi_task(*self.pipeline.pop())

    def _wait_for_request(self) -> None:
        self.table.waiting[self] = None
        if self.phase is Phase.HEAD:
            self.deadline = self.loop.time() + self.limits.head_seconds
        else:
            self.phase, self.deadline = Phase.IDLE, self.loop.time() + self._idle_seconds

    # Deadlines

    def enforce_deadlines(self, now: float) -> None:
        self._enforce_write_deadline(now)
        if now < self.deadline:
            return
        if self.phase is Phase.BODY and self._is_body_on_time():
            self._start_body_window(now)
        elif self.phase is Phase.IDLE or (self.phase is Phase.BODY and self.running is None):
            self.phase = Phase.CLOSING
            self.transport.close()
        else:
            self._reject(TOO_SLOW)

    def _start_body_window(self, now: float) -> None:
        self.window_bytes = 0
        self.deadline = now + self.limits.body_window_seconds

    def _is_body_on_time(self) -> bool:
        """Return True unless the client sends the body too slowly.

        An application that does not read it yet is not the client's delay.
        """
        if self.running is None:
            return False
        if self.flow.read_paused or self.running is not self.cycle or self.cycle.waiting_for_100_continue:
            return True
        return self.window_bytes >= self.limits.min_bytes_per_second * self.limits.body_window_seconds

    def _enforce_write_deadline(self, now: float) -> None:
        unsent = self.transport.get_write_buffer_size()
        if not unsent:
            self.write_deadline = math.inf
        elif self.write_deadline == math.inf:
            self.unsent_bytes, self.write_deadline = unsent, now + self.limits.write_window_seconds
        elif now >= self.write_deadline:
            required = self.limits.min_bytes_per_second * self.limits.write_window_seconds
            if self.unsent_bytes - unsent < min(required, self.unsent_bytes):
                self.transport.abort()
            self.write_deadline = math.inf

    def resume_writing(self) -> None:
        self.write_deadline = math.inf  # the client took what the buffer held
        super().resume_writing()
        if self.running is None and self.pipeline:
            self._start_pipelined()

    # Errors

    def _reject(self, refusal: Refusal) -> None:
        """End the connection because of the request that is being received.

        Earlier requests still get their responses. Nothing is sent if the response to this request has begun.
        """
        is_served = self.phase is Phase.BODY and not self.pipeline
        if self.phase is Phase.BODY and self.pipeline:
            self.cycle = self._drop_newest()
        self.phase, self.deadline = Phase.CLOSING, math.inf
        if (self.running is not None or self.pipeline) and not is_served:
            self.cycle.keep_alive = False
        elif is_served and self.cycle.response_started:
            self.transport.close()
        else:
            self._send_error(refusal)

    def _drop_newest(self) -> RequestResponseCycle:
        """Remove the newest request from the pipeline and return the one before it."""
        self.pipeline.popleft()
        return self.pipeline[0][0] if self.pipeline else self.running  # type: ignore[return-value] # it runs: others wait

    def _send_error(self, refusal: Refusal) -> None:
        self.phase = Phase.CLOSING
        if self.running is not None:
            self.running.disconnected = True
            self.running.message_event.set()
        self.transport.write(render_error(refusal))
        self.transport.close()
