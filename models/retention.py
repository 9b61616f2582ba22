"""Retention: deletes expired rows in transactions short enough for other writers."""

import time

import config
from models.clock import DAY_MS, now
from models.database import db
from models.delivery.event import LISTED_MS
from models.idempotency import IdempotencyRecord

BATCH_SIZE = 500
PAUSE_SECONDS = 0.12  # longer than SQLite's longest interval between two polls for a lock

P = db.param
OLD_DELIVERIES = f"""
DELETE FROM delivery WHERE id IN (
  SELECT id FROM delivery WHERE completed_at < {P} LIMIT {BATCH_SIZE})
"""
OLD_EVENTS = f"""
DELETE FROM event WHERE id IN (
  SELECT e.id FROM event e WHERE e.created_at < {P}
  AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.event_id = e.id) ORDER BY e.created_at LIMIT {BATCH_SIZE})
"""
OLD_NOTICES = f"DELETE FROM notice WHERE created_at < {P}"
EXPIRED_SECRETS = f"""
UPDATE endpoint SET previous_secret = NULL, previous_secret_expires_at = NULL WHERE previous_secret_expires_at <= {P}
"""


def delete_old_deliveries() -> int:
    """Delete deliveries completed over WTH_LOG_DAYS days ago; return their number."""
    return _run_in_batches(OLD_DELIVERIES, now() - config.LOG_DAYS * DAY_MS)


def delete_old_events() -> int:
    """Delete events that are not listed and have no delivery; return their number."""
    return _run_in_batches(OLD_EVENTS, now() - max(LISTED_MS, config.LOG_DAYS * DAY_MS))


def delete_old_notices() -> int:
    """Delete notices older than WTH_LOG_DAYS days; return their number."""
    return _run(OLD_NOTICES, now() - config.LOG_DAYS * DAY_MS)


def delete_expired_secrets() -> int:
    """Delete signing secrets whose rotation has ended; return their number."""
    return _run(EXPIRED_SECRETS, now())


def delete_expired_idempotency_records() -> int:
    """Delete idempotency records older than 24 hours; return their number."""
    deleted = 0
    while batch := IdempotencyRecord.delete_expired(BATCH_SIZE):
        deleted += batch
        _yield_to_writers()
    return deleted


def _run(statement: str, before: int) -> int:
    return int(db.execute_sql(statement, (before,)).rowcount)


def _run_in_batches(statement: str, before: int) -> int:
    deleted = 0
    while batch := _run(statement, before):
        deleted += batch
        _yield_to_writers()
    return deleted


def _yield_to_writers() -> None:
    """Pause, so that waiting writers get a turn.

    SQLite lock waiters poll (up to 100 ms apart) and are not queued.
    """
    if config.is_sqlite():
        time.sleep(PAUSE_SECONDS)
