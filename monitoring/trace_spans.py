"""Spans of OpenTelemetry: event and attempt."""

import threading

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from telemetry import log_context
from telemetry.tracing import Attributes

STOP_SECONDS = 1.0

# Only `traceparent`: `tracestate` would pass text of a client to every receiver.
HEADER = "traceparent"
_propagator = TraceContextTextMapPropagator()


class HubTracer:
    """Tracer of this process, on one provider of the SDK."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self.spans = provider.get_tracer("watchtraderhub")

    def record_event(self, event_type: str, attributes: Attributes) -> str:
        """Create the span of an event in the current trace; return its traceparent.

        The span has no duration: the event is a row, which is written with the change.
        """
        span = self.spans.start_span(f"create {event_type}", kind=SpanKind.PRODUCER, attributes=dict(attributes))
        span.set_attribute("wth.event.type", event_type)
        span.end()
        return format_traceparent(span)

    def begin_attempt(self, event_type: str, event_traceparent: str | None, attributes: Attributes) -> "HubAttemptSpan":
        """Begin the span of an attempt. An event without a trace begins one."""
        context = parse_traceparent(event_traceparent or "")
        span = self.spans.start_span(f"deliver {event_type}", context, SpanKind.CLIENT, dict(attributes))
        return HubAttemptSpan(span)

    def stop(self) -> None:
        """Send the last spans, for a second at most: the collector may hang."""
        sending = threading.Thread(target=self._provider.shutdown, name="last spans", daemon=True)
        sending.start()
        sending.join(STOP_SECONDS)


class HubAttemptSpan:
    """Client span of one attempt."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self.traceparent = format_traceparent(span)
        bind_trace_id(span)

    def end(self, status: int | None, error: str | None) -> None:
        """End the span; a status of 400 or more is an error, as is no response."""
        if status is not None:
            self._span.set_attribute("http.response.status_code", status)
        reason = error or (str(status) if status is not None and status >= 300 else None)
        if reason is not None:
            self._span.set_attribute("error.type", reason)
            self._span.set_status(Status(StatusCode.ERROR))
        self._span.end()


def format_traceparent(span: Span) -> str:
    """Format a span as the header of W3C Trace Context."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier, trace.set_span_in_context(span, Context()))
    return carrier[HEADER]


def parse_traceparent(value: str) -> Context:
    """Return the context of a traceparent, an empty one if it is invalid."""
    return _propagator.extract({HEADER: value}, Context())


def bind_trace_id(span: Span) -> None:
    """Add the trace to the log lines of this request or attempt."""
    log_context.bind(trace_id=trace.format_trace_id(span.get_span_context().trace_id))
