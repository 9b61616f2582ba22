"""Traces from a request to its events and their attempts, if wanted.

A process that traces sets `process.tracer`. Otherwise each function here costs one comparison, and nothing of
OpenTelemetry is imported.
"""

from collections.abc import Mapping
from typing import Protocol

Attributes = Mapping[str, str | int]


class AttemptSpan(Protocol):
    """The span of one attempt, which the receiver continues.

    `traceparent` is the value of the header (W3C Trace Context).
    """

    traceparent: str

    def end(self, status: int | None, error: str | None) -> None:
        """End the span with the receiver's status, or the reason why there is none."""


class Tracer(Protocol):
    """Creates the spans of this process."""

    def record_event(self, event_type: str, attributes: Attributes) -> str:
        """Create the span of an event in the current trace; return its traceparent."""

    def begin_attempt(self, event_type: str, event_traceparent: str | None, attributes: Attributes) -> AttemptSpan:
        """Begin the span of an attempt, in the trace of its event."""

    def stop(self) -> None:
        """Send the last spans, for a second at most."""


class ProcessTracing:
    """Tracing of this process. `tracer` is None unless it traces."""

    tracer: Tracer | None = None


process = ProcessTracing()


def record_event(event_type: str, *, event_id: str, dealer_id: str) -> str | None:
    """Create the span of an event; return its traceparent, None without traces."""
    if process.tracer is None:
        return None
    return process.tracer.record_event(event_type, {"wth.event.id": event_id, "wth.dealer.id": dealer_id})


def stop() -> None:
    """Send the last spans, for a second at most."""
    if process.tracer is not None:
        process.tracer.stop()
