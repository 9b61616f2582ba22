"""Start of traces in a process: the SDK of OpenTelemetry, and its exporter."""

import logging
from collections.abc import Sequence

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import SERVICE_NAME, Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult

from config import traces
from models.outages import OutageLog
from monitoring.trace_spans import HubTracer
from telemetry import tracing

DEFAULT_NAME = "watchtraderhub"

log = logging.getLogger("wth.traces")


class QuietExporter(SpanExporter):
    """Exporter that logs an outage of the collector in few lines."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter
        self._outage = OutageLog(log, "Trace collector", "its traces are lost.")

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send spans. Never raises an error."""
        try:
            result = self._exporter.export(spans)
        except Exception as error:
            self._outage.record_failure(type(error).__name__)
            return SpanExportResult.FAILURE
        if result is SpanExportResult.SUCCESS:
            self._outage.record_success()
        else:
            self._outage.record_failure("the spans were not accepted")
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()


def start() -> HubTracer:
    """Trace in this process, as the environment variables of OpenTelemetry say."""
    traces.export_trace_settings()
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)  # it logs each failed export; see QuietExporter
    resource = Resource.create({} if traces.has_service_name() else {SERVICE_NAME: DEFAULT_NAME})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(QuietExporter(OTLPSpanExporter())))
    tracer = HubTracer(provider)
    tracing.process.tracer = tracer
    return tracer
