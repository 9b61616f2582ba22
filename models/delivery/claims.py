"""Claims due deliveries under a lease.

A claim respects the limits of each endpoint and of the claiming process.

Lease: a claim moves `due_at` ahead by LEASE_MS. When its worker dies, other workers expire the lease at once
(`models.delivery.worker_heartbeat`); otherwise it expires by itself, and the delivery is due again.
"""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

import orjson

import config
from models.clock import now
from models.database import db
from models.delivery.attempt_request import AttemptRequest, load_attempts

LEASE_MS = 45_000
MAX_IN_FLIGHT = 10  # per endpoint
SLOW_AFTER_MS = 500

P = db.param
# On PostgreSQL, rows that another transaction has locked are left to the next sweep: no dealer can block the others.
LOCK = "" if config.is_sqlite() else "FOR NO KEY UPDATE OF e SKIP LOCKED"

# min() instead of EXISTS: with EXISTS, PostgreSQL may scan the whole table when one endpoint owns most of it.
HAS_DUE = f"""
e.is_enabled AND i.is_enabled AND (
  (SELECT min(d.due_at) FROM delivery d WHERE d.endpoint_id = e.id AND d.completed_at IS NULL
   AND d.state = 'pending' AND (d.is_test OR NOT i.is_test_mode)) <= {P}
  OR (SELECT min(d.due_at) FROM delivery d WHERE d.endpoint_id = e.id AND d.completed_at IS NULL
      AND d.state = 'sending') <= {P})
"""
WITH_DUE = f"""
SELECT e.id, e.dealer_id, e.consecutive_failures > 0, e.last_failure_at
FROM endpoint e JOIN integration i ON i.dealer_id = e.dealer_id WHERE {HAS_DUE}
"""
# Counts one more than can be claimed, to find out whether more is due.
LOCK_ENDPOINTS = f"""
SELECT e.id, e.dealer_id, e.slots, e.consecutive_failures, NOT i.is_test_mode,
  (SELECT count(*) FROM (
     SELECT 1 FROM delivery d WHERE d.endpoint_id = e.id AND d.completed_at IS NULL AND d.state = 'pending'
     AND d.due_at <= {P} AND (d.is_test OR NOT i.is_test_mode) ORDER BY d.due_at LIMIT {MAX_IN_FLIGHT + 1}) AS ready),
  (SELECT min(d.due_at) FROM delivery d WHERE d.endpoint_id = e.id AND d.completed_at IS NULL
   AND d.state = 'sending') <= {P}, e.last_success_at
FROM endpoint e JOIN integration i ON i.dealer_id = e.dealer_id
WHERE {{condition}} AND {HAS_DUE} ORDER BY e.id {LOCK}
"""
# The joins in IN_FLIGHT and RECLAIM keep SQLite from reading all open deliveries, which it prefers to many endpoints in
# an IN.
IN_FLIGHT = """
SELECT e.id, count(*), min(d.claimed_at) FROM endpoint e CROSS JOIN delivery d
WHERE e.id IN ({ids}) AND d.endpoint_id = e.id AND d.completed_at IS NULL AND d.state = 'sending' GROUP BY e.id
"""
RECLAIM = f"""
UPDATE delivery SET state = 'pending', generation = generation + 1, worker_id = NULL WHERE id IN (
  SELECT d.id FROM endpoint e CROSS JOIN delivery d WHERE e.id IN ({{ids}}) AND d.endpoint_id = e.id
  AND d.completed_at IS NULL AND d.state = 'sending' AND d.due_at <= {P})
"""
SET_CLAIMED = f"""
UPDATE delivery SET state = 'sending', due_at = {P}, claimed_at = {P}, worker_id = {P}, generation = generation + 1,
                    attempts = attempts + 1
"""
READY_OF_ENDPOINT = """
SELECT id FROM delivery WHERE endpoint_id = {id} AND completed_at IS NULL AND state = 'pending'
AND due_at <= {at} AND (is_test OR {is_live}) ORDER BY due_at, sequence LIMIT {count}
"""
# A LIMIT in SQLite cannot refer to a column: it claims with one statement for all endpoints with the same count.
CLAIM_SAME_COUNT = f"""
{SET_CLAIMED} WHERE id IN (
  SELECT claimable.id FROM json_each({P}) v CROSS JOIN delivery claimable ON claimable.id IN (
    {READY_OF_ENDPOINT.format(id="v.value", at=P, is_live=P, count=P)}))
RETURNING id, endpoint_id, created_at, sequence
"""
CLAIM_OF_ENDPOINTS = f"""
WITH ready AS (
  SELECT r.id FROM json_to_recordset(CAST({P} AS json)) AS v(id text, is_live boolean, count bigint)
  CROSS JOIN LATERAL (
    {READY_OF_ENDPOINT.format(id="v.id", at=P, is_live="v.is_live", count="v.count")}
    FOR NO KEY UPDATE SKIP LOCKED) AS r)
{SET_CLAIMED} WHERE id IN (SELECT id FROM ready) RETURNING id, endpoint_id, created_at, sequence
"""
BEGIN_ATTEMPTS = """
INSERT INTO attempt (delivery_id, number, trigger, started_at)
SELECT id, attempts, trigger, claimed_at FROM delivery WHERE id IN ({ids})
"""
# The subquery names every endpoint because the index on leases begins with endpoint_id.
SHORTEN_FUTURE_LEASES = f"""
UPDATE delivery SET due_at = {P} WHERE completed_at IS NULL AND state = 'sending' AND due_at > {P}
AND endpoint_id IN (SELECT id FROM endpoint)
"""
RELEASE = f"""
UPDATE delivery SET state = 'pending', due_at = {P}, generation = generation + 1, attempts = attempts - 1,
                    worker_id = NULL
WHERE id = {P} AND generation = {P} AND state = 'sending'
"""
CLAIMED_BY_WORKER = f"""
SELECT id, generation, attempts FROM delivery WHERE completed_at IS NULL AND state = 'sending' AND worker_id = {P}
AND endpoint_id IN (SELECT id FROM endpoint)
"""
FORGET_ATTEMPT = f"DELETE FROM attempt WHERE delivery_id = {P} AND number = {P} AND finished_at IS NULL"


class OpenEndpoint(NamedTuple):
    """An endpoint with due deliveries, locked for a claim.

    It is proven while it succeeds fast: `slots` is 1 after a failed or slow attempt and before the first success.
    `ready` counts its due deliveries, up to MAX_IN_FLIGHT + 1.
    """

    id: str
    dealer_id: str
    slots: int
    consecutive_failures: int
    is_live: bool
    ready: int
    has_expired_lease: bool | None
    last_success_at: int | None

    @property
    def is_failing(self) -> bool:
        return self.consecutive_failures > 0

    @property
    def is_proven(self) -> bool:
        return self.slots > 1 and not self.is_failing


class Allowance:
    """Limits of the claiming process; this one is unlimited."""

    worker_id: str | None = None

    def is_crowded_for(self, endpoint: OpenEndpoint) -> bool:
        """Return True if the endpoint may have only one request in flight."""
        return False

    def grant(self, endpoint: OpenEndpoint, free_slots: int) -> int:
        """Return how many deliveries of an endpoint to claim."""
        return min(free_slots, endpoint.ready)


UNLIMITED = Allowance()


class DueEndpoint(NamedTuple):
    """An enabled endpoint with a due delivery or an expired lease."""

    id: str
    dealer_id: str
    is_failing: bool
    last_failure_at: int | None


def find_endpoints_with_due() -> list[DueEndpoint]:
    """Find all of them, the one whose last failure is longest ago first."""
    at = now()
    rows = [DueEndpoint(*row) for row in db.execute_sql(WITH_DUE, (at, at)).fetchall()]
    return sorted(rows, key=lambda row: row.last_failure_at or 0)


def claim_for_dealers(dealer_ids: Sequence[str], allowance: Allowance = UNLIMITED) -> list[AttemptRequest]:
    """Claim due deliveries of healthy endpoints, in the order of the dealers.

    Each endpoint gets up to its free slots.
    """
    if not dealer_ids:
        return []
    condition = f"e.dealer_id IN ({_placeholders(dealer_ids)}) AND e.consecutive_failures = 0"
    return _claim(condition, dealer_ids, {dealer_id: rank for rank, dealer_id in enumerate(dealer_ids)}, allowance)


def claim_for_endpoints(endpoint_ids: Sequence[str], allowance: Allowance = UNLIMITED) -> list[AttemptRequest]:
    """Claim due deliveries of these endpoints, up to their free slots."""
    if not endpoint_ids:
        return []
    return _claim(f"e.id IN ({_placeholders(endpoint_ids)})", endpoint_ids, {}, allowance)


class Claim(NamedTuple):
    """The identity of a claim; `number` is that of its attempt."""

    delivery_id: str
    generation: int
    number: int


def release(claims: Sequence[AttemptRequest | Claim]) -> None:
    """Return claimed deliveries that were not sent.

    They are due again, and the log has no trace of the attempt.
    """
    at = now()
    for claim in claims:  # one transaction each: several locks in any order could deadlock with results
        with db.atomic():
            if db.execute_sql(RELEASE, (at, claim.delivery_id, claim.generation)).rowcount:
                db.execute_sql(FORGET_ATTEMPT, (claim.delivery_id, claim.number))


def release_unknown(worker_id: str | None, held: Collection[tuple[str, int]]) -> int:
    """Return the worker's claims that it does not hold; return their number.

    If a connection ends while a claim commits, the claim may hold, and nobody knows of it until its lease expires.
    `held` has deliveries with their generations.
    """
    rows = map(Claim._make, db.execute_sql(CLAIMED_BY_WORKER, (worker_id,)).fetchall())
    unknown = [claim for claim in rows if (claim.delivery_id, claim.generation) not in held]
    release(unknown)
    return len(unknown)


def shorten_future_leases() -> int:
    """Shorten leases that end too far in the future; return their number.

    A system clock that was set back leaves such leases, and their deliveries would wait for it to catch up.
    """
    at = now()
    return int(db.execute_sql(SHORTEN_FUTURE_LEASES, (at + LEASE_MS, at + 2 * LEASE_MS)).rowcount)


def _claim(condition: str, values: Sequence[str], rank: dict[str, int], allowance: Allowance) -> list[AttemptRequest]:
    at = now()
    with db.atomic():
        grants = _grant(_lock_endpoints(condition, values, at), rank, at, allowance)
        ids = _claim_granted(grants, at, allowance.worker_id)
        if not ids:
            return []
        db.execute_sql(BEGIN_ATTEMPTS.format(ids=_placeholders(ids)), ids)
    loaded = load_attempts(ids)  # after the commit: no transaction is open while bodies are read
    return [loaded[delivery_id] for delivery_id in ids if delivery_id in loaded]


def _lock_endpoints(condition: str, values: Sequence[str], at: int) -> list[OpenEndpoint]:
    """Lock the endpoints with due deliveries, and reclaim their expired leases."""
    statement, parameters = LOCK_ENDPOINTS.format(condition=condition), [at, at, *values, at, at]
    endpoints = [OpenEndpoint(*row) for row in db.execute_sql(statement, parameters).fetchall()]
    expired = [endpoint.id for endpoint in endpoints if endpoint.has_expired_lease]
    if not expired:
        return endpoints
    db.execute_sql(RECLAIM.format(ids=_placeholders(expired)), [*expired, at])
    return [OpenEndpoint(*row) for row in db.execute_sql(statement, parameters).fetchall()]


def _grant(
    endpoints: list[OpenEndpoint], rank: dict[str, int], at: int, allowance: Allowance
) -> dict[OpenEndpoint, int]:
    """Decide how many deliveries of each endpoint to claim."""
    in_flight = _read_in_flight([endpoint.id for endpoint in endpoints]) if endpoints else {}
    grants: dict[OpenEndpoint, int] = {}
    for endpoint in sorted(endpoints, key=lambda e: (rank.get(e.dealer_id, 0), in_flight.get(e.id, (0, 0))[0])):
        count, oldest_at = in_flight.get(endpoint.id, (0, at))
        is_limited = at - oldest_at > SLOW_AFTER_MS or allowance.is_crowded_for(endpoint)
        slots = 1 if is_limited else min(endpoint.slots, MAX_IN_FLIGHT)
        granted = allowance.grant(endpoint, max(0, slots - count))
        if granted > 0:
            grants[endpoint] = granted
    return grants


def _read_in_flight(endpoint_ids: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the number in flight and the oldest claim's time, by endpoint."""
    rows = db.execute_sql(IN_FLIGHT.format(ids=_placeholders(endpoint_ids)), endpoint_ids).fetchall()
    return {row[0]: (int(row[1]), row[2]) for row in rows}


def _claim_granted(grants: dict[OpenEndpoint, int], at: int, worker_id: str | None) -> list[str]:
    """Claim that many deliveries of each endpoint; return their ids, oldest first."""
    lease = (at + LEASE_MS, at, worker_id)
    rows: list[Sequence[Any]] = []
    if config.is_sqlite():
        for (is_live, count), ids in _group_by_count(grants).items():
            values = (*lease, orjson.dumps(ids).decode(), at, is_live, count)
            rows += db.execute_sql(CLAIM_SAME_COUNT, values).fetchall()
    elif grants:
        granted = [{"id": e.id, "is_live": bool(e.is_live), "count": count} for e, count in grants.items()]
        rows = db.execute_sql(CLAIM_OF_ENDPOINTS, (orjson.dumps(granted).decode(), at, *lease)).fetchall()
    rank = {endpoint.id: number for number, endpoint in enumerate(grants)}
    rows.sort(key=lambda row: (rank[row[1]], row[2], row[3]))  # databases return them in any order
    return [row[0] for row in rows]


def _group_by_count(grants: dict[OpenEndpoint, int]) -> dict[tuple[bool, int], list[str]]:
    groups: dict[tuple[bool, int], list[str]] = {}
    for endpoint, count in grants.items():
        groups.setdefault((bool(endpoint.is_live), count), []).append(endpoint.id)
    return groups


def _placeholders(values: Collection[Any]) -> str:
    return ", ".join(P for _ in values)
