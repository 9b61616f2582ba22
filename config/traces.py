"""Settings of traces: the standard environment variables of OpenTelemetry.

The SDK reads them itself. The hub only reads whether they ask for traces.
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
"""

import os
import sys

from config.readers import environment

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
PREFIX = "OTEL_"


def has_traces() -> bool:
    """Return True if the variables ask for traces: an endpoint, or the exporter otlp."""
    if _read("OTEL_SDK_DISABLED").lower() == "true":
        return False
    exporters = _read("OTEL_TRACES_EXPORTER")
    if exporters:
        return "otlp" in [name.strip() for name in exporters.split(",")]
    return any(_read(name) for name in ENDPOINTS)


def find_unsupported_protocol() -> str | None:
    """Return the assignment that asks for another protocol than OTLP over HTTP."""
    name = next((name for name in PROTOCOLS if _read(name)), None)
    return None if name is None or _read(name) == "http/protobuf" else f"{name}={_read(name)!r}"


def has_service_name() -> bool:
    return bool(_read("OTEL_SERVICE_NAME")) or "service.name=" in _read("OTEL_RESOURCE_ATTRIBUTES")


def export_trace_settings() -> None:
    """Put the variables of the file `.env` into the environment, which the SDK reads."""
    for name, value in environment().items():
        if name.startswith(PREFIX) and value:
            os.environ.setdefault(name, value)


def skip_unused_tracing() -> None:
    """Treat OpenTelemetry as not installed unless the variables ask for traces.

    The driver of Redis imports all of it if it finds it. None in `sys.modules` makes an import fail: see "The module
    cache" in Python's language reference.
    """
    if not has_traces():
        sys.modules.setdefault("opentelemetry", None)  # type: ignore[arg-type] # the documented value for this


def _read(name: str) -> str:
    return (environment().get(name) or "").strip()
