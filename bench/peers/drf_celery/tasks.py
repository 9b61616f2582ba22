"""Celery tasks: one per delivery. `python -m bench.peers.drf_celery.fill_queue` enqueues those that are open."""

from typing import Any

import requests
from celery import shared_task
from django.db import transaction

from bench.peers.drf_celery.outbox_models import OutboxEntry, SentRequest
from bench.peers.outgoing import PREVIEW_CHARACTERS, BlockedTarget, check_addresses, signed_headers
from bench.peers.values import now

session = requests.Session()
session.trust_env = False


@shared_task(bind=True, max_retries=10)
def deliver(self: Any, delivery_id: str) -> None:
    """Make one attempt; retry it with exponential backoff unless the receiver responds with 2xx."""
    entry = (
        OutboxEntry.objects.select_related("endpoint", "event")
        .filter(id=delivery_id, endpoint__is_enabled=True, completed_at=None)
        .first()
    )
    if entry is None:
        return
    number, started_at = entry.attempts + 1, now()
    ids = {"delivery_id": entry.id, "event_id": entry.event_id, "event_type": entry.event_type}
    body = entry.event.body
    headers = signed_headers(**ids, number=number, secret=entry.endpoint.secret, body=body)
    result = send(entry.endpoint.url, body, headers)
    log_attempt(entry, number, headers, {**result, "started_at": started_at, "finished_at": now()})
    if entry.completed_at is None:
        raise self.retry(countdown=5 * 2**number)


def send(url: str, body: str, headers: dict[str, str]) -> dict[str, Any]:
    """POST the body, and return the columns of the attempt."""
    try:
        check_addresses(url)
        response = session.post(url, data=body.encode(), headers=headers, timeout=(5, 15), allow_redirects=False)
    except (requests.RequestException, OSError, BlockedTarget) as error:
        return {"error": type(error).__name__}
    preview = response.text[:PREVIEW_CHARACTERS]
    return {"status": response.status_code, "response_headers": dict(response.headers), "response_preview": preview}


@transaction.atomic
def log_attempt(entry: OutboxEntry, number: int, headers: dict[str, str], columns: dict[str, Any]) -> None:
    status = columns.get("status")
    is_success = status is not None and 200 <= status < 300
    url = entry.endpoint.url
    SentRequest.objects.create(delivery_id=entry.id, number=number, url=url, request_headers=headers, **columns)
    entry.state = "succeeded" if is_success else "pending"
    entry.attempts = entry.step = number
    entry.last_status, entry.last_error = status, columns.get("error")
    entry.completed_at = columns["finished_at"] if is_success else None
    entry.save(update_fields=["state", "attempts", "step", "last_status", "last_error", "completed_at"])
