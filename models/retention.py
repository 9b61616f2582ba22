"""What is forgotten when: in small batches, each a transaction of its own, so that writers never wait long."""

import time

import config
from models.clock import now
from models.database import db
from models.idempotency import IdempotencyRecord

DAY_MS = 24 * 3600 * 1000
BATCH = 500
PAUSE_SECONDS = 0.12  # longer than SQLite's longest pause between two looks at a lock
EVENTS_LISTED_DAYS = 30

P = db.param
OLD_DELIVERIES = f"""
DELETE FROM delivery WHERE id IN (
  SELECT id FROM delivery WHERE completed_at < {P} LIMIT {BATCH})
"""
OLD_EVENTS = f"""
DELETE FROM event WHERE id IN (
  SELECT e.id FROM event e WHERE e.created_at < {P}
  AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.event_id = e.id) ORDER BY e.created_at LIMIT {BATCH})
"""
OLD_NOTICES = f"DELETE FROM notice WHERE created_at < {P}"
PAST_ROTATIONS = f"""
UPDATE endpoint SET previous_secret = NULL, previous_secret_expires_at = NULL WHERE previous_secret_expires_at <= {P}
"""


def delete_old_deliveries() -> int:
    """Deliveries that were finished WTH_LOG_DAYS ago, with their attempts; how many."""
    return _in_batches(OLD_DELIVERIES, now() - config.LOG_DAYS * DAY_MS)


def delete_old_events() -> int:
    """Events that `GET /events` no longer lists and no delivery needs; how many."""
    return _in_batches(OLD_EVENTS, now() - max(EVENTS_LISTED_DAYS, config.LOG_DAYS) * DAY_MS)


def delete_old_notices() -> int:
    return _in_batches(OLD_NOTICES, now() - config.LOG_DAYS * DAY_MS, once=True)


def delete_expired_secrets() -> int:
    """Previous secrets whose grace is over; how many endpoints."""
    return _in_batches(PAST_ROTATIONS, now(), once=True)


def delete_expired_idempotency_records() -> int:
    forgotten = 0
    while batch := IdempotencyRecord.forget_expired(BATCH):
        forgotten += batch
        _let_writers_in()
    return forgotten


def _in_batches(statement: str, before: int, *, once: bool = False) -> int:
    forgotten = 0
    while batch := int(db.execute_sql(statement, (before,)).rowcount):
        forgotten += batch
        if once:
            break
        _let_writers_in()
    return forgotten


def _let_writers_in() -> None:
    """SQLite keeps no line: writers look up to 100 ms apart, and batch upon batch would leave them no gap to find."""
    if config.is_sqlite():
        time.sleep(PAUSE_SECONDS)
