"""Group commit: writes attempt results with a few set-based statements."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

import config
from models.clock import now
from models.database import db
from models.delivery.attempt_request import AttemptRequest
from models.delivery.claims import MAX_IN_FLIGHT
from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice
from models.delivery.response_log import response_log
from models.delivery.row_values import RowsStatement
from webhooks import schedule
from webhooks.redaction import redact
from webhooks.response import WebhookResponse

FAST_MS = 1000
GONE = 410
GONE_REASON = "The endpoint responded with 410 Gone."

LOCK_ENDPOINTS = "SELECT id FROM endpoint WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE"
FINISH_DELIVERIES = RowsStatement(
    {
        "id": "text",
        "generation": "bigint",
        "state": "text",
        "due_at": "bigint",
        "step": "bigint",
        "is_passed": "boolean",
        "status": "bigint",
        "error": "text",
        "completed_at": "bigint",
    },
    """
UPDATE delivery SET state = v.state, due_at = v.due_at, generation = delivery.generation + 1, step = v.step,
    is_passed = delivery.is_passed OR v.is_passed, last_status = v.status, last_error = v.error,
    completed_at = v.completed_at, trigger = 'automatic', worker_id = NULL
FROM v WHERE delivery.id = v.id AND delivery.generation = v.generation
""",
)
# If the response columns are already set, customer erasure blanked them while the attempt was in flight: keep them.
FINISH_ATTEMPTS = RowsStatement(
    {
        "id": "text",
        "number": "bigint",
        "started_at": "bigint",
        "finished_at": "bigint",
        "status": "bigint",
        "error": "text",
        "error_detail": "text",
        "address": "text",
        "timings": "text",
        "url": "text",
        "request_headers": "text",
        "response_headers": "text",
        "response_preview": "text",
        "next_attempt_at": "bigint",
    },
    """
UPDATE attempt SET started_at = v.started_at, finished_at = v.finished_at, status = v.status,
    error = v.error, error_detail = v.error_detail,
    address = v.address, timings = v.timings, url = v.url, request_headers = v.request_headers,
    response_headers = coalesce(attempt.response_headers, v.response_headers),
    response_preview = coalesce(attempt.response_preview, v.response_preview),
    next_attempt_at = v.next_attempt_at
FROM v WHERE attempt.delivery_id = v.id AND attempt.number = v.number
""",
)
PROMOTE_SUCCESSORS = RowsStatement(
    {"endpoint_id": "text", "resource_id": "text"},
    f"""
UPDATE delivery SET state = 'pending', due_at = {db.param} WHERE id IN (
  SELECT (SELECT q.id FROM delivery q WHERE q.endpoint_id = v.endpoint_id AND q.resource_id = v.resource_id
          AND q.completed_at IS NULL AND NOT q.is_passed ORDER BY q.sequence LIMIT 1)
  FROM v) AND state = 'queued'
""",
)
UPDATE_ENDPOINTS = RowsStatement(
    {
        "id": "text",
        "fast": "bigint",
        "slow": "bigint",
        "failures": "bigint",
        "succeeded_at": "bigint",
        "failed_at": "bigint",
    },
    f"""
UPDATE endpoint SET
    slots = CASE WHEN v.failures + v.slow > 0 THEN 1 ELSE min_of(endpoint.slots + v.fast, {MAX_IN_FLIGHT}) END,
    consecutive_failures = v.failures + CASE WHEN v.succeeded_at IS NULL THEN endpoint.consecutive_failures ELSE 0 END,
    warned_percent = CASE WHEN v.succeeded_at IS NULL THEN endpoint.warned_percent ELSE 0 END,
    failing_since = CASE WHEN v.succeeded_at IS NULL THEN coalesce(endpoint.failing_since, v.failed_at)
                         ELSE v.failed_at END,
    last_success_at = coalesce(v.succeeded_at, endpoint.last_success_at),
    last_failure_at = coalesce(v.failed_at, endpoint.last_failure_at)
FROM v WHERE endpoint.id = v.id
""".replace("min_of", "min" if config.is_sqlite() else "least"),
)


@dataclass(frozen=True)
class AttemptResult:
    """One attempt: the request with its headers, and the response.

    `sent_at` is in ms.
    """

    request: AttemptRequest
    sent_at: int
    headers: dict[str, str]
    response: WebhookResponse

    @property
    def is_success(self) -> bool:
        return self.response.is_success

    @property
    def step(self) -> int:
        """Number of automatic attempts with this one."""
        return self.request.step + (self.request.trigger == "automatic")

    @property
    def is_last(self) -> bool:
        """Return True if no retry follows: it succeeded, or all attempts are used up."""
        return self.is_success or self.step >= schedule.MAX_ATTEMPTS

    @property
    def is_fast(self) -> bool:
        return self.is_success and self.response.duration_ms < FAST_MS


def write_results(results: Sequence[AttemptResult], rng: random.Random) -> None:
    """Write results and update everything that depends on them, in one transaction.

    Completes attempts, updates deliveries, promotes the next delivery of each resource and updates endpoint health.
    `rng` supplies the jitter of the retry schedule. Results whose lease was lost do not change the delivery.
    """
    at = now()
    rows = [response_log.limit(_delivery_row(result, at, rng), at) for result in results]
    endpoint_rows = list(_endpoint_rows(results, at))
    with db.atomic():
        if not config.is_sqlite():
            ids = sorted({result.request.endpoint_id for result in results})
            db.execute_sql(LOCK_ENDPOINTS.format(ids=", ".join(db.param for _ in ids)), ids)
        FINISH_DELIVERIES.execute(rows)
        FINISH_ATTEMPTS.execute(rows)
        PROMOTE_SUCCESSORS.execute([row for row in rows if row["resource_id"] is not None], at)
        UPDATE_ENDPOINTS.execute(endpoint_rows)
        gone = [result.request for result in results if result.response.status == GONE]
        for endpoint_id, url in sorted({(request.endpoint_id, request.url) for request in gone}):
            _disable_gone(endpoint_id, url)


def _disable_gone(endpoint_id: str, url: str) -> None:
    """Disable the endpoint once, and only while it still has the URL that responded."""
    endpoint = Endpoint.get_or_none(id=endpoint_id, url=url, is_enabled=True)
    if endpoint is None:
        return
    endpoint.is_enabled, endpoint.disabled_reason = False, GONE_REASON
    endpoint.save()
    message = (
        f"{url} responded with 410 Gone and was disabled. Its deliveries are kept: fix the endpoint and re-enable it."
    )
    Notice.post(endpoint, "endpoint_disabled", message)


def _delivery_row(result: AttemptResult, at: int, rng: random.Random) -> dict[str, Any]:
    request, response = result.request, result.response
    return {
        "id": request.delivery_id,
        "generation": request.generation,
        "number": request.number,
        "endpoint_id": request.endpoint_id,
        "resource_id": request.resource_id,
        "status": response.status,
        "error": response.error,
        "started_at": result.sent_at,
        "finished_at": result.sent_at + response.duration_ms,
        "error_detail": redact(response.error_detail or "") or None,
        "address": response.address,
        "timings": _to_json(response.timings),
        "url": request.url,
        "request_headers": _to_json(result.headers),
        "response_headers": _to_json({redact(name): redact(value) for name, value in response.headers.items()}),
        "response_preview": redact(response.preview),
        **_next_state(result, at, rng),
    }


def _next_state(result: AttemptResult, at: int, rng: random.Random) -> dict[str, Any]:
    response, step = result.response, result.step
    final = {"due_at": at, "step": step, "is_passed": False, "completed_at": at, "next_attempt_at": None}
    if result.is_success:
        return {**final, "state": "succeeded"}
    written_at = datetime.fromtimestamp(at / 1000, UTC)
    retry_after = schedule.parse_retry_after(response.status, response.retry_after, now=written_at)
    delay = schedule.next_delay(max(step, 1), rng=rng, retry_after=retry_after)
    if delay is None:
        return {**final, "state": "failed"}
    due_at = at + delay // timedelta(milliseconds=1)
    return {
        "state": "pending",
        "due_at": due_at,
        "step": step,
        "is_passed": not schedule.blocks_order(max(step, 1), delay),
        "completed_at": None,
        "next_attempt_at": due_at,
    }


def _endpoint_rows(results: Iterable[AttemptResult], at: int) -> Iterable[dict[str, Any]]:
    by_endpoint: dict[str, list[AttemptResult]] = {}
    for result in results:
        by_endpoint.setdefault(result.request.endpoint_id, []).append(result)
    for endpoint_id, endpoint_results in by_endpoint.items():
        failures = sum(not result.is_success for result in endpoint_results)
        yield {
            "id": endpoint_id,
            "fast": sum(result.is_fast for result in endpoint_results),
            "slow": sum(result.is_success and not result.is_fast for result in endpoint_results),
            "failures": failures,
            "succeeded_at": at if failures < len(endpoint_results) else None,
            "failed_at": at if failures else None,
        }


def _to_json(value: Any) -> str:
    return orjson.dumps(value).decode()
