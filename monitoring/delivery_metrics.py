"""Counts and times attempts and deliveries, from the results of a worker."""

from collections.abc import Sequence

from models.delivery.results import AttemptResult
from monitoring import instruments


def observe_results(results: Sequence[AttemptResult]) -> None:
    """Count attempts by result, time them, and count the deliveries that ended."""
    for result in results:
        instruments.attempts.labels(_describe(result)).inc()
        instruments.attempt_duration.observe(result.response.duration_ms / 1000)
        if result.is_last:
            instruments.deliveries.labels("succeeded" if result.is_success else "failed").inc()


def _describe(result: AttemptResult) -> str:
    return "succeeded" if result.is_success else result.response.error or "http_status"
