"""Retention: deletes expired rows in transactions short enough for other writers.

`at` is the time (ms) by which rows are old. It comes from `models.jobs.trusted_clock`.
"""

import config
from models.accounts import submitted_form
from models.batches import yield_to_writers
from models.clock import DAY_MS
from models.database import db
from models.delivery import stats
from models.delivery.listed_events import LISTED_MS
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
OLD_COUNTS = f"""
DELETE FROM attempt_count WHERE (dealer_id, starts_at, endpoint_id, is_test) IN (
  SELECT dealer_id, starts_at, endpoint_id, is_test FROM attempt_count WHERE starts_at < {P} LIMIT {BATCH_SIZE})
"""
OLD_MAILS = f"DELETE FROM mail WHERE due_at IS NULL AND created_at < {P}"
OLD_NOTICES = f"DELETE FROM notice WHERE created_at < {P}"
OLD_FORMS = f"DELETE FROM submitted_form WHERE created_at < {P}"
EXPIRED_SECRETS = f"""
UPDATE endpoint SET previous_secret = NULL, previous_secret_expires_at = NULL WHERE previous_secret_expires_at <= {P}
"""


def delete_old_deliveries(at: int) -> int:
    """Delete deliveries completed over WTH_LOG_DAYS days ago; return their number."""
    return _run_in_batches(OLD_DELIVERIES, at - config.LOG_DAYS * DAY_MS)


def delete_old_events(at: int) -> int:
    """Delete events that are not listed and have no delivery; return their number."""
    return _run_in_batches(OLD_EVENTS, at - max(LISTED_MS, config.LOG_DAYS * DAY_MS))


def delete_old_attempt_counts(at: int) -> int:
    """Delete counts that no chart shows any more; return their number."""
    return _run_in_batches(OLD_COUNTS, at - stats.KEPT_MS)


def delete_old_mails(at: int) -> int:
    """Delete mails that were sent or failed, after WTH_LOG_DAYS days.

    Returns their number.
    """
    return _run(OLD_MAILS, at - config.LOG_DAYS * DAY_MS)


def delete_old_notices(at: int) -> int:
    """Delete notices older than WTH_LOG_DAYS days; return their number."""
    return _run(OLD_NOTICES, at - config.LOG_DAYS * DAY_MS)


def delete_old_submitted_forms(at: int) -> int:
    """Delete tokens of forms that nobody submits again; return their number."""
    return _run(OLD_FORMS, at - submitted_form.KEPT_MS)


def delete_expired_secrets(at: int) -> int:
    """Delete signing secrets whose rotation has ended; return their number."""
    return _run(EXPIRED_SECRETS, at)


def delete_expired_idempotency_records(at: int) -> int:
    """Delete idempotency records older than 24 hours; return their number."""
    deleted = 0
    while batch := IdempotencyRecord.delete_expired(at, BATCH_SIZE):
        deleted += batch
        yield_to_writers(PAUSE_SECONDS)
    return deleted


def _run(statement: str, before: int) -> int:
    return int(db.execute_sql(statement, (before,)).rowcount)


def _run_in_batches(statement: str, before: int) -> int:
    deleted = 0
    while batch := _run(statement, before):
        deleted += batch
        yield_to_writers(PAUSE_SECONDS)
    return deleted
