"""What is sent when: claims due deliveries for a worker and loads what one attempt needs.

A claim is a lease: `due_at` moves ahead by LEASE_MS, so a delivery whose worker died becomes due again by itself.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import config
from models import vault
from models.clock import now
from models.database import db
from webhooks import signing

LEASE_MS = 45_000
LONGEST_ATTEMPT_MS = 20_000  # 15 s by the clock of the sender, and what a name server may take beyond
MAX_IN_FLIGHT = 10
SLOW_AFTER_MS = 500
LATE_FROM_STEP = 2  # the first attempt and the retry after 5 s have a lane of their own
MOST_LOOKED_AT = 200  # for first attempts, behind late retries that have to wait
OLDEST_FIRST = itemgetter(3, 4)  # of what CLAIM returns, in an order that databases leave open

P = db.param
LOCK = "" if config.is_sqlite() else "FOR NO KEY UPDATE OF e"

OPEN_ENDPOINTS = f"""
SELECT e.id, e.slots, e.consecutive_failures, NOT i.is_test_mode
FROM endpoint e JOIN integration i ON i.dealer_id = e.dealer_id
WHERE e.is_enabled AND i.is_enabled AND {{which}} ORDER BY e.id {LOCK}
"""
# min(), for EXISTS tempts PostgreSQL to read the whole table when one endpoint has most of it.
WITH_DUE = f"""
SELECT e.id, e.consecutive_failures > 0, e.last_failure_at
FROM endpoint e JOIN integration i ON i.dealer_id = e.dealer_id
WHERE e.is_enabled AND i.is_enabled AND {{which}} AND (
  (SELECT min(d.due_at) FROM delivery d WHERE d.endpoint_id = e.id AND d.completed_at IS NULL
   AND d.state = 'pending' AND (d.is_test OR NOT i.is_test_mode)) <= {P}
  OR (SELECT min(d.due_at) FROM delivery d WHERE d.endpoint_id = e.id AND d.completed_at IS NULL
      AND d.state = 'sending') <= {P})
"""
RECLAIM = f"""
UPDATE delivery SET state = 'pending', generation = generation + 1
WHERE endpoint_id = {P} AND completed_at IS NULL AND state = 'sending' AND due_at <= {P}
"""
IN_FLIGHT = f"""
SELECT count(*), min(claimed_at) FROM delivery
WHERE endpoint_id = {P} AND completed_at IS NULL AND state = 'sending'
"""
CLAIM = f"""
UPDATE delivery SET state = 'sending', due_at = {P}, claimed_at = {P}, generation = generation + 1,
                    attempts = attempts + 1
WHERE id IN (SELECT id FROM (
    SELECT id, step FROM delivery WHERE endpoint_id = {P} AND completed_at IS NULL AND state = 'pending'
    AND due_at <= {P} AND (is_test OR {P}) ORDER BY due_at, sequence LIMIT {MOST_LOOKED_AT}) AS ready
  WHERE step < {LATE_FROM_STEP} OR {P} LIMIT {P})
RETURNING id, generation, step, created_at, sequence
"""
BEGIN_ATTEMPTS = """
INSERT INTO attempt (delivery_id, number, trigger, started_at)
SELECT id, attempts, trigger, claimed_at FROM delivery WHERE id IN ({ids})
"""
LOAD = f"""
SELECT d.id, d.generation, d.attempts, d.step, d.trigger, d.endpoint_id, d.resource_id, d.event_id, d.event_type,
       e.url, e.secret, CASE WHEN d.signs_newest_only THEN NULL ELSE e.previous_secret END,
       e.previous_secret_expires_at, v.body
FROM delivery d JOIN endpoint e ON e.id = d.endpoint_id JOIN event v ON v.id = d.event_id
WHERE d.id = {P} AND d.generation = {P} AND d.state = 'sending' AND d.due_at > {P} AND e.is_enabled
"""
# The endpoints are named so that an index finds the leases: it begins with them.
BRING_BACK = f"""
UPDATE delivery SET due_at = {P} WHERE completed_at IS NULL AND state = 'sending' AND due_at > {P}
AND endpoint_id IN (SELECT id FROM endpoint)
"""
RENEW = f"UPDATE delivery SET due_at = {P} WHERE id = {P} AND generation = {P} AND state = 'sending'"


@dataclass(frozen=True)
class Claim:
    """A leased delivery; `is_late` sends it through the lane of slow endpoints and late retries."""

    delivery_id: str
    generation: int
    is_slow: bool


@dataclass(frozen=True)
class AttemptRequest:
    """All that one attempt needs. `body` is the event's frozen text; secrets are newest first, in the clear."""

    delivery_id: str
    generation: int
    number: int
    step: int
    trigger: str
    endpoint_id: str
    resource_id: str | None
    event_id: str
    event_type: str
    url: str
    secrets: tuple[str, ...]
    body: str

    def request_headers(self, at: int) -> dict[str, str]:
        """What this attempt, made at `at` ms, says beside the body; signed with every live secret."""
        signed = signing.headers(
            event_id=self.event_id, body=self.body.encode(), timestamp=at // 1000, secrets=self.secrets
        )
        return {
            "Content-Type": "application/json",
            "User-Agent": f"WatchTraderHub-Webhooks/1.0 (+{config.PUBLIC_URL}/docs/webhooks)",
            "WTH-Event-Id": self.event_id,
            "WTH-Event-Type": self.event_type,
            "WTH-Delivery-Id": self.delivery_id,
            "WTH-Delivery-Attempt": str(self.number),
            **signed,
        }


def claim_for_dealer(dealer_id: str, late_room: int = MAX_IN_FLIGHT) -> list[Claim]:
    """Leases what is due at the dealer's endpoints, as far as they have free slots and the late lane has room: a lease
    must not run out in a queue."""
    return _claim(f"e.dealer_id = {P}", [dealer_id], late_room)


def claim_for_endpoints(endpoint_ids: Sequence[str], late_room: int = MAX_IN_FLIGHT) -> list[Claim]:
    return _claim(f"e.id IN ({_marks(endpoint_ids)})", list(endpoint_ids), late_room) if endpoint_ids else []


def endpoints_with_due() -> tuple[list[str], list[str]]:
    """Enabled endpoints for which something is due, or whose worker let a lease run out: those that answer, and those
    that fail, the one that was tried longest ago first."""
    rows = _with_due("TRUE")
    return [row[0] for row in rows if not row[1]], _longest_ago_first(rows)


def failing_endpoints_with_due() -> list[str]:
    return _longest_ago_first(_with_due("e.consecutive_failures > 0"))


def load_attempt(delivery_id: str, generation: int) -> AttemptRequest | None:
    """None when another worker has the delivery, its endpoint was paused, or its lease could end during the attempt."""
    at = now()
    row = db.execute_sql(LOAD, (delivery_id, generation, at + LONGEST_ATTEMPT_MS)).fetchone()
    return None if row is None else AttemptRequest(*[*row[:10], _secrets(row[10:13], at), row[13]])


def renew_lease(delivery_id: str, generation: int) -> bool:
    """Extends a lease that may have waited in a queue; False when it is lost."""
    return bool(db.execute_sql(RENEW, (now() + LEASE_MS, delivery_id, generation)).rowcount)


def expire_future_leases() -> int:
    """Leases that were given before the machine's clock went back: nobody should wait for their end; how many."""
    at = now()
    return int(db.execute_sql(BRING_BACK, (at + LEASE_MS, at + 2 * LEASE_MS)).rowcount)


def _with_due(which: str) -> list[Sequence[Any]]:
    at = now()
    rows: list[Sequence[Any]] = db.execute_sql(WITH_DUE.format(which=which), (at, at)).fetchall()
    return rows


def _longest_ago_first(rows: Sequence[Sequence[Any]]) -> list[str]:
    return [row[0] for row in sorted(rows, key=lambda row: row[2] or 0) if row[1]]


def _claim(which: str, values: list[str], late_room: int) -> list[Claim]:
    at = now()
    claims: list[Claim] = []
    with db.atomic():
        for row in db.execute_sql(OPEN_ENDPOINTS.format(which=which), values).fetchall():
            own = _claim_for_endpoint(row, at, late_room)
            late_room -= sum(claim.is_slow for claim in own)
            claims += own
        if claims:
            ids = [claim.delivery_id for claim in claims]
            db.execute_sql(BEGIN_ATTEMPTS.format(ids=_marks(ids)), ids)
    return claims


def _claim_for_endpoint(endpoint: Sequence[Any], at: int, late_room: int) -> list[Claim]:
    endpoint_id, slots, failures, is_live = endpoint
    db.execute_sql(RECLAIM, (endpoint_id, at))
    free = _free_slots(endpoint_id, slots, at)
    if free <= 0 or (failures > 0 and late_room <= 0):
        return []
    given = (at + LEASE_MS, at, endpoint_id, at, bool(is_live), late_room > 0, free)
    rows = db.execute_sql(CLAIM, given).fetchall()
    rows.sort(key=OLDEST_FIRST)
    return [Claim(row[0], row[1], failures > 0 or row[2] >= LATE_FROM_STEP) for row in rows]


def _free_slots(endpoint_id: str, slots: int, at: int) -> int:
    in_flight, oldest = db.execute_sql(IN_FLIGHT, (endpoint_id,)).fetchone()
    is_slow = oldest is not None and at - oldest > SLOW_AFTER_MS
    return (1 if is_slow else min(slots, MAX_IN_FLIGHT)) - int(in_flight)


def _secrets(row: Sequence[Any], at: int) -> tuple[str, ...]:
    current, previous, expires_at = row
    both = previous is not None and (expires_at or 0) > at
    return (vault.decrypt(current), vault.decrypt(previous)) if both else (vault.decrypt(current),)


def _marks(values: Iterable[Any]) -> str:
    return ", ".join(P for _ in values)
