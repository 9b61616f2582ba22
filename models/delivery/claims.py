"""Claims due deliveries under a lease and loads everything one attempt needs.

Lease: a claim moves `due_at` ahead by LEASE_MS. When a worker dies, its lease expires and the delivery is due again.
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
MAX_ATTEMPT_DURATION_MS = 20_000  # the sender's deadline of 15 s, and the time a DNS lookup may take beyond it
MAX_IN_FLIGHT = 10  # per endpoint
SLOW_AFTER_MS = 500
SLOW_LANE_FROM_STEP = 2  # the first attempt and the retry after 5 s use the fast lane
MAX_SCANNED = 200  # due deliveries to scan for early attempts while the slow lane has no free slot
OLDEST_FIRST = itemgetter(3, 4)  # created_at, sequence; databases return the rows of CLAIM in any order

P = db.param
LOCK = "" if config.is_sqlite() else "FOR NO KEY UPDATE OF e"

OPEN_ENDPOINTS = f"""
SELECT e.id, e.slots, e.consecutive_failures, NOT i.is_test_mode
FROM endpoint e JOIN integration i ON i.dealer_id = e.dealer_id
WHERE e.is_enabled AND i.is_enabled AND {{condition}} ORDER BY e.id {LOCK}
"""
# min() instead of EXISTS: with EXISTS, PostgreSQL may scan the whole table when one endpoint owns most of it.
WITH_DUE = f"""
SELECT e.id, e.consecutive_failures > 0, e.last_failure_at
FROM endpoint e JOIN integration i ON i.dealer_id = e.dealer_id
WHERE e.is_enabled AND i.is_enabled AND {{condition}} AND (
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
    AND due_at <= {P} AND (is_test OR {P}) ORDER BY due_at, sequence LIMIT {MAX_SCANNED}) AS ready
  WHERE step < {SLOW_LANE_FROM_STEP} OR {P} LIMIT {P})
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
# The subquery names every endpoint because the index on leases begins with endpoint_id.
SHORTEN_FUTURE_LEASES = f"""
UPDATE delivery SET due_at = {P} WHERE completed_at IS NULL AND state = 'sending' AND due_at > {P}
AND endpoint_id IN (SELECT id FROM endpoint)
"""
RENEW = f"UPDATE delivery SET due_at = {P} WHERE id = {P} AND generation = {P} AND state = 'sending'"


@dataclass(frozen=True)
class Claim:
    """A leased delivery.

    `generation` is the fencing token of the lease. With `is_slow`, the delivery goes through the slow lane: it is a
    later retry or a half-open probe.
    """

    delivery_id: str
    generation: int
    is_slow: bool


@dataclass(frozen=True)
class AttemptRequest:
    """Everything one attempt needs.

    `body` is the event's frozen text. `secrets` are decrypted, newest first.
    """

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

    def headers(self, at: int) -> dict[str, str]:
        """Build the request headers, signed with every valid secret.

        `at` is the time of the attempt (ms).
        """
        signature_headers = signing.headers(
            event_id=self.event_id, body=self.body.encode(), timestamp=at // 1000, secrets=self.secrets
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


def claim_for_dealer(dealer_id: str, slow_slots: int = MAX_IN_FLIGHT) -> list[Claim]:
    """Claim due deliveries of the dealer's endpoints, up to their free slots.

    At most `slow_slots` claims go to the slow lane, so that no lease expires in its queue.
    """
    return _claim(f"e.dealer_id = {P}", [dealer_id], slow_slots)


def claim_for_endpoints(endpoint_ids: Sequence[str], slow_slots: int = MAX_IN_FLIGHT) -> list[Claim]:
    """Claim due deliveries of these endpoints; limits as in `claim_for_dealer`."""
    if not endpoint_ids:
        return []
    return _claim(f"e.id IN ({_placeholders(endpoint_ids)})", list(endpoint_ids), slow_slots)


def find_endpoints_with_due() -> tuple[list[str], list[str]]:
    """Find enabled endpoints with a due delivery or an expired lease.

    Returns the ids of the healthy and of the failing ones. The failing ones are ordered by their last failure, longest
    ago first.
    """
    rows = _find_with_due("TRUE")
    return [row[0] for row in rows if not row[1]], _order_failing(rows)


def find_failing_endpoints_with_due() -> list[str]:
    """Find the failing ones of `find_endpoints_with_due`, in the same order."""
    return _order_failing(_find_with_due("e.consecutive_failures > 0"))


def load_attempt(delivery_id: str, generation: int) -> AttemptRequest | None:
    """Load a claimed delivery.

    None if the claim is lost, the endpoint is disabled, or the lease could expire during the attempt.
    """
    at = now()
    row = db.execute_sql(LOAD, (delivery_id, generation, at + MAX_ATTEMPT_DURATION_MS)).fetchone()
    return None if row is None else AttemptRequest(*[*row[:10], _decrypt_secrets(row[10:13], at), row[13]])


def renew_lease(delivery_id: str, generation: int) -> bool:
    """Extend a lease that has waited in a queue.

    Returns False if another worker has claimed the delivery since.
    """
    return bool(db.execute_sql(RENEW, (now() + LEASE_MS, delivery_id, generation)).rowcount)


def shorten_future_leases() -> int:
    """Shorten leases that end too far in the future; return their number.

    A system clock that was set back leaves such leases, and their deliveries would wait for it to catch up.
    """
    at = now()
    return int(db.execute_sql(SHORTEN_FUTURE_LEASES, (at + LEASE_MS, at + 2 * LEASE_MS)).rowcount)


def _find_with_due(condition: str) -> list[Sequence[Any]]:
    at = now()
    rows: list[Sequence[Any]] = db.execute_sql(WITH_DUE.format(condition=condition), (at, at)).fetchall()
    return rows


def _order_failing(rows: Sequence[Sequence[Any]]) -> list[str]:
    return [row[0] for row in sorted(rows, key=lambda row: row[2] or 0) if row[1]]


def _claim(condition: str, values: list[str], slow_slots: int) -> list[Claim]:
    at = now()
    claims: list[Claim] = []
    with db.atomic():
        for row in db.execute_sql(OPEN_ENDPOINTS.format(condition=condition), values).fetchall():
            endpoint_claims = _claim_for_endpoint(row, at, slow_slots)
            slow_slots -= sum(claim.is_slow for claim in endpoint_claims)
            claims += endpoint_claims
        if claims:
            ids = [claim.delivery_id for claim in claims]
            db.execute_sql(BEGIN_ATTEMPTS.format(ids=_placeholders(ids)), ids)
    return claims


def _claim_for_endpoint(endpoint: Sequence[Any], at: int, slow_slots: int) -> list[Claim]:
    endpoint_id, slots, failures, is_live = endpoint
    db.execute_sql(RECLAIM, (endpoint_id, at))
    free_slots = _count_free_slots(endpoint_id, slots, at)
    if free_slots <= 0 or (failures > 0 and slow_slots <= 0):
        return []
    values = (at + LEASE_MS, at, endpoint_id, at, bool(is_live), slow_slots > 0, free_slots)
    rows = db.execute_sql(CLAIM, values).fetchall()
    rows.sort(key=OLDEST_FIRST)
    return [Claim(row[0], row[1], failures > 0 or row[2] >= SLOW_LANE_FROM_STEP) for row in rows]


def _count_free_slots(endpoint_id: str, slots: int, at: int) -> int:
    """Apply the endpoint's concurrency limit.

    An endpoint whose oldest attempt is slow gets a single slot.
    """
    in_flight, oldest_at = db.execute_sql(IN_FLIGHT, (endpoint_id,)).fetchone()
    is_slow = oldest_at is not None and at - oldest_at > SLOW_AFTER_MS
    return (1 if is_slow else min(slots, MAX_IN_FLIGHT)) - int(in_flight)


def _decrypt_secrets(row: Sequence[Any], at: int) -> tuple[str, ...]:
    current, previous, expires_at = row
    has_both = previous is not None and (expires_at or 0) > at
    return (vault.decrypt(current), vault.decrypt(previous)) if has_both else (vault.decrypt(current),)


def _placeholders(values: Iterable[Any]) -> str:
    return ", ".join(P for _ in values)
