"""Counts of attempts per endpoint, half hour and mode, for the delivery chart, which triggers keep.

Triggers, so that no write can forget them, not even one of the previous release that still runs. The migration is not
atomic: it counts the attempts that exist in one short transaction per half hour. If it is interrupted, it starts again.
"""

import time
from typing import Any

atomic = False

BUCKET_MS = 30 * 60 * 1000
COUNTED_MS = 31 * 24 * 60 * 60 * 1000  # a day more than the longest chart shows
PAUSE_SECONDS = 0.06  # a SQLite writer that waits polls at most this far apart

TABLE = """
CREATE TABLE attempt_count (
    dealer_id TEXT NOT NULL REFERENCES dealer (id),
    endpoint_id TEXT NOT NULL REFERENCES endpoint (id) ON DELETE CASCADE, starts_at BIGINT NOT NULL,
    is_test BOOLEAN NOT NULL, succeeded BIGINT NOT NULL, failed BIGINT NOT NULL, timed BIGINT NOT NULL,
    total_ms DOUBLE PRECISION NOT NULL, longest_ms DOUBLE PRECISION,
    PRIMARY KEY (dealer_id, starts_at, endpoint_id, is_test))
"""
INDEXES = (
    "CREATE INDEX attempt_count_endpoint ON attempt_count (endpoint_id)",
    "CREATE INDEX attempt_count_age ON attempt_count (starts_at)",
)
IS_SUCCESS = "{a}.error IS NULL AND coalesce({a}.status BETWEEN 200 AND 299, FALSE)"
BUCKET = f"{{a}}.started_at / {BUCKET_MS} * {BUCKET_MS}"
ADD = """
ON CONFLICT (dealer_id, starts_at, endpoint_id, is_test) DO UPDATE SET
succeeded = attempt_count.succeeded + excluded.succeeded, failed = attempt_count.failed + excluded.failed,
timed = attempt_count.timed + excluded.timed, total_ms = attempt_count.total_ms + excluded.total_ms,
longest_ms = {max}(coalesce(attempt_count.longest_ms, excluded.longest_ms),
                   coalesce(excluded.longest_ms, attempt_count.longest_ms))
"""
REPLACE = """
ON CONFLICT (dealer_id, starts_at, endpoint_id, is_test) DO UPDATE SET
succeeded = excluded.succeeded, failed = excluded.failed, timed = excluded.timed, total_ms = excluded.total_ms,
longest_ms = excluded.longest_ms
"""
SQLITE_MS = "json_extract({a}.timings, '$.total_ms')"
POSTGRES_MS = "CAST(CAST({a}.timings AS json) ->> 'total_ms' AS double precision)"
COUNT = f"""
INSERT INTO attempt_count SELECT d.dealer_id, d.endpoint_id, {BUCKET}, d.is_test,
  sum(CASE WHEN {IS_SUCCESS} THEN 1 ELSE 0 END), sum(CASE WHEN {IS_SUCCESS} THEN 0 ELSE 1 END),
  count({{ms}}), coalesce(sum({{ms}}), 0), max({{ms}})
"""
SQLITE_TRIGGER = f"""
CREATE TRIGGER attempt_count_update AFTER UPDATE OF finished_at ON attempt
WHEN OLD.finished_at IS NULL AND NEW.finished_at IS NOT NULL BEGIN
  INSERT INTO attempt_count SELECT d.dealer_id, d.endpoint_id, {BUCKET.format(a="NEW")}, d.is_test,
    {IS_SUCCESS.format(a="NEW")}, NOT ({IS_SUCCESS.format(a="NEW")}),
    {SQLITE_MS.format(a="NEW")} IS NOT NULL, coalesce({SQLITE_MS.format(a="NEW")}, 0), {SQLITE_MS.format(a="NEW")}
  FROM delivery d WHERE d.id = NEW.delivery_id
  {ADD.format(max="max")};
END
"""
# Results are written many at a time: count them at once. LIMIT keeps the plan from reading all deliveries.
POSTGRES_FUNCTION = f"""
CREATE FUNCTION count_finished_attempts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  {COUNT.format(a="a", ms=POSTGRES_MS.format(a="a"))}
  FROM now_finished a JOIN before b ON b.delivery_id = a.delivery_id AND b.number = a.number
  CROSS JOIN LATERAL (SELECT dealer_id, endpoint_id, is_test FROM delivery WHERE id = a.delivery_id LIMIT 1) d
  WHERE b.finished_at IS NULL AND a.finished_at IS NOT NULL GROUP BY 1, 2, 3, 4 ORDER BY 2, 3, 4
  {ADD.format(max="greatest")};
  RETURN NULL;
END $$
"""
POSTGRES_TRIGGER = """
CREATE TRIGGER attempt_count_update AFTER UPDATE ON attempt
REFERENCING OLD TABLE AS before NEW TABLE AS now_finished FOR EACH STATEMENT EXECUTE FUNCTION count_finished_attempts()
"""


def up(_migrator: Any, db: Any) -> None:
    is_sqlite = db.param == "?"
    with db.atomic():
        if "attempt_count" not in db.get_tables():
            triggers = (SQLITE_TRIGGER,) if is_sqlite else (POSTGRES_FUNCTION, POSTGRES_TRIGGER)
            for statement in (TABLE, *INDEXES, *triggers):
                db.execute_sql(statement)
    for starts_at in _list_buckets(db):
        _count_bucket(db, starts_at, is_sqlite=is_sqlite)


def _list_buckets(db: Any) -> list[int]:
    """Return the half hours that have attempts to count, newest first."""
    first, last = (db.execute_sql(f"SELECT {way}(started_at) FROM attempt").fetchone()[0] for way in ("min", "max"))
    if first is None:
        return []
    first = max(first, last - COUNTED_MS) // BUCKET_MS * BUCKET_MS
    return list(range(first, last + 1, BUCKET_MS))[::-1]


def _count_bucket(db: Any, starts_at: int, *, is_sqlite: bool) -> None:
    """Count the attempts of a half hour again, so that it does not matter which of them a trigger has counted."""
    started = time.monotonic()
    ms = (SQLITE_MS if is_sqlite else POSTGRES_MS).format(a="a")
    rows = f"""
    FROM attempt a JOIN delivery d ON d.id = a.delivery_id
    WHERE a.started_at >= {db.param} AND a.started_at < {db.param} AND a.finished_at IS NOT NULL GROUP BY 1, 2, 3, 4
    """
    with db.atomic():
        if not is_sqlite:
            db.execute_sql("LOCK TABLE attempt_count IN EXCLUSIVE MODE")  # triggers wait until the count is written
        db.execute_sql(f"{COUNT.format(a='a', ms=ms)} {rows} {REPLACE}", (starts_at, starts_at + BUCKET_MS))
    if is_sqlite and time.monotonic() - started > PAUSE_SECONDS / 10:
        time.sleep(PAUSE_SECONDS)
