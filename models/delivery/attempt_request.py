"""Everything one attempt needs, loaded for claimed deliveries."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.fernet import InvalidToken

import config
from models import vault
from models.clock import now
from models.database import db
from webhooks import signing

MAX_ATTEMPT_DURATION_MS = 20_000  # the sender's deadline of 15 s, and the time a DNS lookup may take beyond it
FRESH_MS = 1_000  # a claim that has waited for longer is checked again before it is sent

log = logging.getLogger("wth.deliveries")

P = db.param
LOAD = """
SELECT d.id, d.generation, d.attempts, d.step, d.trigger, d.dealer_id, d.endpoint_id, d.resource_id, d.event_id,
       d.event_type, d.claimed_at, e.consecutive_failures > 0,
       e.slots > 1 AND e.consecutive_failures = 0,
       e.url, e.secret, CASE WHEN d.signs_newest_only THEN NULL ELSE e.previous_secret END,
       e.previous_secret_expires_at, v.body, v.traceparent
FROM delivery d JOIN endpoint e ON e.id = d.endpoint_id JOIN event v ON v.id = d.event_id
WHERE d.state = 'sending' AND e.is_enabled AND {condition}
"""
LOAD_CLAIMED = LOAD.format(condition=f"d.id = {P} AND d.generation = {P} AND d.due_at > {P}")


@dataclass(frozen=True)
class AttemptRequest:
    """One attempt of a claimed delivery.

    `generation` is the fencing token of the lease. `body` is the event's frozen bytes. `secrets` are decrypted, newest
    first. `is_failing` and `is_proven` are the endpoint's standing at the claim. `traceparent` is that of the event.
    """

    delivery_id: str
    generation: int
    number: int
    step: int
    trigger: str
    dealer_id: str
    endpoint_id: str
    resource_id: str | None
    event_id: str
    event_type: str
    claimed_at: int
    is_failing: bool
    is_proven: bool
    url: str
    secrets: tuple[str, ...]
    body: bytes
    traceparent: str | None = None

    def is_fresh(self) -> bool:
        """Return True if the claim is so recent that it needs no second check."""
        return 0 <= now() - self.claimed_at <= FRESH_MS

    def find_request_id(self) -> str | None:
        """Return the ID of the request that caused the event, if the API did."""
        request_id: str | None = orjson.loads(self.body).get("request_id")
        return request_id

    def headers(self, at: int) -> dict[str, str]:
        """Build the request headers, signed with every valid secret.

        `at` is the time of the attempt (ms).
        """
        signature_headers = signing.headers(
            event_id=self.event_id, body=self.body, timestamp=at // 1000, secrets=self.secrets
        )
        return {
            "Content-Type": "application/json",
            "User-Agent": f"WatchTraderHub-Webhooks/1.0 (+{config.PUBLIC_URL}/docs/webhooks)",
            "WTH-Event-Id": self.event_id,
            "WTH-Event-Type": self.event_type,
            "WTH-Delivery-Id": self.delivery_id,
            "WTH-Delivery-Attempt": str(self.number),
            **signature_headers,
        }


def load_attempt(delivery_id: str, generation: int) -> AttemptRequest | None:
    """Load a claimed delivery.

    None if the claim is lost, the endpoint is disabled, or the lease could expire during the attempt.
    """
    at = now()
    row = db.execute_sql(LOAD_CLAIMED, (delivery_id, generation, at + MAX_ATTEMPT_DURATION_MS)).fetchone()
    return None if row is None else _to_request(row, at)


def load_attempts(delivery_ids: Sequence[str]) -> dict[str, AttemptRequest]:
    """Load just claimed deliveries by id, without those of disabled endpoints."""
    at = now()
    statement = LOAD.format(condition=f"d.id IN ({', '.join(P for _ in delivery_ids)})")
    requests = {}
    for row in db.execute_sql(statement, delivery_ids).fetchall():
        try:
            requests[row[0]] = _to_request(row, at)
        except InvalidToken:  # this one waits for its lease, and must not hold up the others
            log.error("Webhook secret cannot be decrypted; the delivery waits.", extra={"endpoint_id": row[6]})
    return requests


def _to_request(row: Sequence[Any], at: int) -> AttemptRequest:
    return AttemptRequest(*[*row[:14], _decrypt_secrets(row[14:17], at), row[17].encode(), row[18]])


def _decrypt_secrets(row: Sequence[Any], at: int) -> tuple[str, ...]:
    current, previous, expires_at = row
    has_both = previous is not None and (expires_at or 0) > at
    return (vault.decrypt(current), vault.decrypt(previous)) if has_both else (vault.decrypt(current),)
