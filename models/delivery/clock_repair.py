"""Repairs times that a clock which ran ahead has left in the future.

Deliveries would wait until the clock has reached them again.
"""

from collections.abc import Sequence
from typing import Any

from models.clock import SECOND_MS, now
from models.database import db

TOLERANCE_MS = 2 * SECOND_MS
BATCH_SIZE = 500

P = db.param
# First attempts and manual retries are due when they are recorded. Other retries keep their delay, counted from now.
# The subquery names every endpoint because the index on due deliveries begins with endpoint_id.
FIND_AHEAD = f"""
SELECT id FROM delivery WHERE completed_at IS NULL AND state = 'pending' AND due_at > {P}
AND (attempts = 0 OR trigger = 'manual' OR claimed_at > {P}) AND endpoint_id IN (SELECT id FROM endpoint)
LIMIT {BATCH_SIZE}
"""
REPAIR = f"""
UPDATE delivery SET
    due_at = CASE WHEN attempts > 0 AND trigger <> 'manual' AND due_at > claimed_at
                  THEN {P} + due_at - claimed_at ELSE {P} END,
    claimed_at = CASE WHEN claimed_at > {P} THEN {P} ELSE claimed_at END
WHERE id IN ({{ids}}) AND state = 'pending' AND due_at > {P}
"""


def repair_due_times() -> int:
    """Make deliveries due as if the clock had been right; return their number."""
    repaired = 0
    while ids := _find_ahead():
        at = now()
        statement = REPAIR.format(ids=", ".join(P for _ in ids))
        count = int(db.execute_sql(statement, [at, at, at, at, *ids, at]).rowcount)
        repaired += count
        if not count or len(ids) < BATCH_SIZE:
            break
    return repaired


def _find_ahead() -> list[Any]:
    latest = now() + TOLERANCE_MS
    rows: Sequence[Sequence[Any]] = db.execute_sql(FIND_AHEAD, (latest, latest)).fetchall()
    return [row[0] for row in rows]
