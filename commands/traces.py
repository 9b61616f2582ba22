"""Start of the traces of a process, if the settings ask for them.

Without them, nothing of OpenTelemetry is imported.
"""

from importlib import import_module

from config import traces
from errors import Refusal


def start_tracing() -> None:
    """Trace in this process. Raises `cannot_trace` if the settings cannot be met."""
    if not traces.has_traces():
        return
    if assignment := traces.find_unsupported_protocol():
        raise Refusal("cannot_trace", f"Invalid {assignment}: must be http/protobuf, the only protocol of the hub.")
    try:
        trace_export = import_module("monitoring.trace_export")
    except ModuleNotFoundError:
        message = "Traces need OpenTelemetry. Run `pip install '.[tracing]'`, or unset the OTEL_ variables."
        raise Refusal("cannot_trace", message) from None
    trace_export.start()
