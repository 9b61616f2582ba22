"""Finds where a dealer's listed events begin, without reading those before them."""

from models.clock import DAY_MS, now
from models.database import db
from models.dealer import Actor

LISTED_MS = 30 * DAY_MS

P = db.param
# Binary search. Events of a dealer and mode have times in the order of their sequences, because both rise in the order
# of commits (`Dealer.locked`). Some sequences are missing: a step looks at the next event that exists.
IS_OLD = f"""
coalesce((SELECT created_at FROM event WHERE dealer_id = {P} AND is_test = {P} AND sequence > (low + high) / 2
          ORDER BY sequence LIMIT 1) <= {P}, FALSE)
"""
# SELECT comes first, because on SQLite any other statement waits for the process's turn to write.
LAST_UNLISTED = f"""
SELECT low FROM (WITH RECURSIVE search (low, high) AS (
  SELECT CAST({P} AS BIGINT),
         (SELECT CASE WHEN {P} THEN test_sequence ELSE live_sequence END FROM dealer WHERE id = {P})
  UNION ALL
  SELECT CASE WHEN {IS_OLD} THEN (low + high) / 2 + 1 ELSE low END,
         CASE WHEN {IS_OLD} THEN high ELSE (low + high) / 2 END
  FROM search WHERE low < high)
SELECT low FROM search WHERE low >= high) AS found
"""


def find_last_unlisted(actor: Actor, after: int = 0) -> int:
    """Return a sequence: the actor's events after it are those that are still listed.

    It is at least `after`, and any sequence up to the next event's may stand for it. Without the dealer it is `after`.
    """
    return find_last_until(actor, now() - LISTED_MS, after)


def find_last_until(actor: Actor, at: int, after: int = 0) -> int:
    """Return a sequence: the events after it were created after `at` (ms).

    It may stand for others as that of `find_last_unlisted` does.
    """
    step = (actor.dealer.id, actor.is_test, at)
    values = (after, actor.is_test, actor.dealer.id, *step, *step)
    row = db.execute_sql(LAST_UNLISTED, values).fetchone()
    return after if row is None else int(row[0])
