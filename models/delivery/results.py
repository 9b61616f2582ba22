"""What attempts came to: written for many at once, in one transaction of a few statements."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

import config
from models.clock import now
from models.database import db
from models.delivery.claims import MAX_IN_FLIGHT, AttemptRequest
from models.delivery.endpoint import Endpoint
from models.delivery.notice import Notice
from webhooks import schedule
from webhooks.redaction import redact
from webhooks.send import WebhookResponse

FAST_MS = 1000
GONE = 410
ANSWERED_GONE = "The endpoint answered 410 Gone."

DELIVERY_COLUMNS = {
    "id": "text",
    "generation": "bigint",
    "number": "bigint",
    "endpoint_id": "text",
    "resource_id": "text",
    "state": "text",
    "due_at": "bigint",
    "step": "bigint",
    "is_passed": "boolean",
    "status": "bigint",
    "error": "text",
    "completed_at": "bigint",
    "started_at": "bigint",
    "finished_at": "bigint",
    "error_detail": "text",
    "address": "text",
    "timings": "text",
    "url": "text",
    "request_headers": "text",
    "response_headers": "text",
    "response_preview": "text",
    "next_attempt_at": "bigint",
}
ENDPOINT_COLUMNS = {
    "id": "text",
    "slots": "bigint",
    "failures": "bigint",
    "succeeded_at": "bigint",
    "failed_at": "bigint",
}


def _values(columns: dict[str, str]) -> str:
    """A JSON array as a table named v: one parameter, one statement, whatever the number of rows."""
    if not config.is_sqlite():
        typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
        return f"json_to_recordset(CAST({db.param} AS json)) AS v({typed})"
    picked = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in columns)
    return f"(SELECT {picked} FROM json_each({db.param})) AS v"


OUTCOMES = _values(DELIVERY_COLUMNS)
LOCK_ENDPOINTS = "SELECT id FROM endpoint WHERE id IN ({ids}) ORDER BY id FOR NO KEY UPDATE"
FINISH_DELIVERIES = f"""
UPDATE delivery SET state = v.state, due_at = v.due_at, generation = delivery.generation + 1, step = v.step,
    is_passed = delivery.is_passed OR v.is_passed, last_status = v.status, last_error = v.error,
    completed_at = v.completed_at, trigger = 'automatic'
FROM {OUTCOMES} WHERE delivery.id = v.id AND delivery.generation = v.generation
"""
# What an attempt under way has there already was put there by the erasure of a customer, whom the answer may name.
FINISH_ATTEMPTS = f"""
UPDATE attempt SET started_at = v.started_at, finished_at = v.finished_at, status = v.status,
    error = v.error, error_detail = v.error_detail,
    address = v.address, timings = v.timings, url = v.url, request_headers = v.request_headers,
    response_headers = coalesce(attempt.response_headers, v.response_headers),
    response_preview = coalesce(attempt.response_preview, v.response_preview),
    next_attempt_at = v.next_attempt_at
FROM {OUTCOMES} WHERE attempt.delivery_id = v.id AND attempt.number = v.number
"""
PROMOTE = f"""
UPDATE delivery SET state = 'pending', due_at = {db.param} WHERE id IN (
  SELECT (SELECT q.id FROM delivery q WHERE q.endpoint_id = v.endpoint_id AND q.resource_id = v.resource_id
          AND q.completed_at IS NULL AND NOT q.is_passed ORDER BY q.sequence LIMIT 1)
  FROM {OUTCOMES} WHERE v.resource_id IS NOT NULL) AND state = 'queued'
"""
NOTE_ENDPOINTS = f"""
UPDATE endpoint SET
    slots = CASE WHEN v.failures > 0 THEN 1 ELSE min_of(endpoint.slots + v.slots, {MAX_IN_FLIGHT}) END,
    consecutive_failures = v.failures + CASE WHEN v.succeeded_at IS NULL THEN endpoint.consecutive_failures ELSE 0 END,
    warned_percent = CASE WHEN v.succeeded_at IS NULL THEN endpoint.warned_percent ELSE 0 END,
    failing_since = CASE WHEN v.succeeded_at IS NULL THEN coalesce(endpoint.failing_since, v.failed_at)
                         ELSE v.failed_at END,
    last_success_at = coalesce(v.succeeded_at, endpoint.last_success_at),
    last_failure_at = coalesce(v.failed_at, endpoint.last_failure_at)
FROM {_values(ENDPOINT_COLUMNS)} WHERE endpoint.id = v.id
""".replace("min_of", "min" if config.is_sqlite() else "least")


@dataclass(frozen=True)
class AttemptResult:
    """One attempt, made at `sent_at` (ms), and its reply, with the headers that were sent."""

    job: AttemptRequest
    sent_at: int
    headers: dict[str, str]
    reply: WebhookResponse

    @property
    def is_success(self) -> bool:
        return self.reply.is_success

    @property
    def is_fast(self) -> bool:
        return self.is_success and self.reply.duration_ms < FAST_MS


def write_results(outcomes: Sequence[AttemptResult], dice: random.Random) -> None:
    """Completes attempts, moves deliveries on, lets the next of each resource go, notes endpoints' health."""
    at = now()
    rows = orjson.dumps([_row(outcome, at, dice) for outcome in outcomes]).decode()
    notes = orjson.dumps(list(_notes(outcomes, at))).decode()
    with db.atomic():
        if not config.is_sqlite():
            ids = sorted({outcome.job.endpoint_id for outcome in outcomes})
            db.execute_sql(LOCK_ENDPOINTS.format(ids=", ".join(db.param for _ in ids)), ids)
        db.execute_sql(FINISH_DELIVERIES, (rows,))
        db.execute_sql(FINISH_ATTEMPTS, (rows,))
        db.execute_sql(PROMOTE, (at, rows))
        db.execute_sql(NOTE_ENDPOINTS, (notes,))
        gone = {(outcome.job.endpoint_id, outcome.job.url) for outcome in outcomes if outcome.reply.status == GONE}
        for endpoint_id, url in sorted(gone):
            _disable_gone(endpoint_id, url)


def _disable_gone(endpoint_id: str, url: str) -> None:
    """Once, and only while the endpoint still points to the URL that answered."""
    endpoint = Endpoint.get_or_none(id=endpoint_id, url=url, is_enabled=True)
    if endpoint is None:
        return
    endpoint.is_enabled, endpoint.disabled_reason = False, ANSWERED_GONE
    endpoint.save()
    message = f"{url} answered 410 Gone and was disabled. Its deliveries wait; mend it and enable it."
    Notice.post(endpoint, "endpoint_disabled", message)


def _row(outcome: AttemptResult, at: int, dice: random.Random) -> dict[str, Any]:
    job, reply = outcome.job, outcome.reply
    return {
        "id": job.delivery_id,
        "generation": job.generation,
        "number": job.number,
        "endpoint_id": job.endpoint_id,
        "resource_id": job.resource_id,
        "status": reply.status,
        "error": reply.error,
        "started_at": outcome.sent_at,
        "finished_at": outcome.sent_at + reply.duration_ms,
        "error_detail": redact(reply.error_detail or "") or None,
        "address": reply.address,
        "timings": _text(asdict(reply.timings)),
        "url": job.url,
        "request_headers": _text(outcome.headers),
        "response_headers": redact(_text(reply.headers)),
        "response_preview": redact(reply.preview),
        **_next_state(outcome, at, dice),
    }


def _next_state(outcome: AttemptResult, at: int, dice: random.Random) -> dict[str, Any]:
    job, reply = outcome.job, outcome.reply
    step = job.step + (job.trigger == "automatic")
    final = {"due_at": at, "step": step, "is_passed": False, "completed_at": at, "next_attempt_at": None}
    if outcome.is_success:
        return {**final, "state": "succeeded"}
    wished = schedule.parse_retry_after(
        reply.status, _header(reply, "retry-after"), now=datetime.fromtimestamp(at / 1000, UTC)
    )
    delay = schedule.next_delay(max(step, 1), rng=dice, retry_after=wished)
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


def _notes(outcomes: Iterable[AttemptResult], at: int) -> Iterable[dict[str, Any]]:
    by_endpoint: dict[str, list[AttemptResult]] = {}
    for outcome in outcomes:
        by_endpoint.setdefault(outcome.job.endpoint_id, []).append(outcome)
    for endpoint_id, own in by_endpoint.items():
        failures = sum(not outcome.is_success for outcome in own)
        yield {
            "id": endpoint_id,
            "slots": sum(outcome.is_fast for outcome in own),
            "failures": failures,
            "succeeded_at": at if failures < len(own) else None,
            "failed_at": at if failures else None,
        }


def _text(value: Any) -> str:
    return orjson.dumps(value).decode()


def _header(reply: WebhookResponse, name: str) -> str | None:
    return next((value for key, value in reply.headers.items() if key.lower() == name), None)
