"""Unfinished deliveries and endpoints of all dealers, for monitoring.

Every statement reads an index. The work grows with the number of endpoints, as that of a sweep does, and not with the
number of deliveries.
"""

from dataclasses import dataclass

from models.clock import now
from models.database import db
from models.delivery.delivery import PENDING, QUEUED, SENDING

MAX_COUNTED = 100_000
WINDOW = 200  # a dealer's oldest pending deliveries in which those of an endpoint are looked up

COUNT_OPEN = f"""
SELECT state, count(*) FROM (SELECT state FROM delivery WHERE completed_at IS NULL LIMIT {MAX_COUNTED}) AS counted
GROUP BY state
"""
# A queued delivery is due since its creation. A retry is due later, so the oldest pending ones come from the index of
# the delivery log. Few are sending, so `+ 0` keeps SQLite from reading the log for the first of them.
OLDEST = f"""
SELECT min(due_at), min(queued_at), min(sending_at), min(coalesce(pending_at, due_at)) FROM (
  SELECT
    (SELECT min(d.due_at) FROM delivery d WHERE d.endpoint_id = e.id AND d.completed_at IS NULL
     AND d.state = 'pending' AND (d.is_test OR NOT i.is_test_mode)) AS due_at,
    (SELECT min(d.due_at) FROM delivery d WHERE d.endpoint_id = e.id AND d.completed_at IS NULL
     AND d.state = 'queued' AND (d.is_test OR NOT i.is_test_mode)) AS queued_at,
    (SELECT min(d.created_at + 0) FROM delivery d WHERE d.endpoint_id = e.id AND d.completed_at IS NULL
     AND d.state = 'sending') AS sending_at,
    (SELECT w.created_at FROM (
       SELECT d.endpoint_id, d.created_at FROM delivery d
       WHERE d.dealer_id = e.dealer_id AND d.state = 'pending' AND (d.is_test OR NOT i.is_test_mode)
       ORDER BY d.created_at LIMIT {WINDOW}) AS w
     WHERE w.endpoint_id = e.id LIMIT 1) AS pending_at
  FROM endpoint e JOIN integration i ON i.dealer_id = e.dealer_id WHERE e.is_enabled AND i.is_enabled) AS oldest
"""
COUNT_ENDPOINTS = """
SELECT CASE WHEN NOT is_enabled THEN 'disabled' WHEN consecutive_failures > 0 THEN 'failing' ELSE 'healthy' END,
       count(*)
FROM endpoint GROUP BY 1
"""


@dataclass(frozen=True)
class Backlog:
    """The work that is not finished.

    `deliveries` counts by state, up to MAX_COUNTED in all. `event_age_seconds` is the age of the oldest event that an
    enabled endpoint has not received. `delay_seconds` is the time for which the most delayed delivery has been due.
    Both are 0 if there is none. `endpoints` counts by state: healthy, failing, disabled.
    """

    deliveries: dict[str, int]
    event_age_seconds: float
    delay_seconds: float
    endpoints: dict[str, int]


def read_backlog() -> Backlog:
    """Read the state of all dealers' deliveries, inside a connection."""
    deliveries = dict.fromkeys((QUEUED, PENDING, SENDING), 0)
    deliveries.update(db.execute_sql(COUNT_OPEN).fetchall())
    endpoints = dict.fromkeys(("healthy", "failing", "disabled"), 0)
    endpoints.update(db.execute_sql(COUNT_ENDPOINTS).fetchall())
    due_at, *created_at = db.execute_sql(OLDEST).fetchone()
    oldest_at = min((at for at in created_at if at is not None), default=None)
    return Backlog(deliveries, _seconds_since(oldest_at), _seconds_since(due_at), endpoints)


def _seconds_since(at: int | None) -> float:
    return 0.0 if at is None else max(0, now() - at) / 1000
