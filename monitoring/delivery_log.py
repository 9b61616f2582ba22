"""One log line per attempt, once its result is recorded."""

from collections.abc import Sequence

from models.delivery.results import AttemptResult
from monitoring.log_batch import Line, write_batch


def log_results(results: Sequence[AttemptResult]) -> None:
    """Log the results of a batch."""
    write_batch("wth.deliveries", [_describe(result) for result in results])


def _describe(result: AttemptResult) -> Line:
    """Return a line, without anything that the receiver sent."""
    request, response = result.request, result.response
    fields = {
        "event": request.event_type,
        "status": response.status,
        "error": response.error,
        "ms": response.duration_ms,
        "attempt": request.number,
        "is_last": result.is_last,
        "request_id": request.find_request_id(),
        "dealer": request.dealer_id,
        "endpoint_id": request.endpoint_id,
        "event_id": request.event_id,
        "delivery_id": request.delivery_id,
        "trace_id": result.headers.get("traceparent", "")[3:35] or None,
    }
    ended_at = (result.sent_at + response.duration_ms) / 1000
    message = "Attempt succeeded." if result.is_success else "Attempt failed."
    return ended_at, message, {name: value for name, value in fields.items() if value is not None}
