"""Delivery statistics for the chart: attempts in time buckets of equal width.

Triggers keep a row of counts per endpoint, half hour and mode in `attempt_count`, so that the chart reads no attempts.
"""

from dataclasses import dataclass

from models.clock import DAY_MS, MINUTE_MS, now
from models.database import db
from models.dealer import Actor

COUNT_MS = 30 * MINUTE_MS  # the span of one row of counts
KEPT_MS = 31 * DAY_MS  # a day more than the longest chart shows

P = db.param
BY_BUCKET = f"""
SELECT (starts_at - {P}) / {P} AS bucket, sum(succeeded), sum(failed), sum(total_ms), sum(timed), max(longest_ms)
FROM attempt_count WHERE dealer_id = {P} AND starts_at >= {P} AND is_test = {P} {{condition}}
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True)
class TimeBucket:
    """Attempts that began in one bucket.

    `starts_at` is in ms. `average_ms` and `longest_ms` are None without attempts.
    """

    starts_at: int
    succeeded: int = 0
    failed: int = 0
    average_ms: float | None = None
    longest_ms: float | None = None


def time_buckets(actor: Actor, *, endpoint_id: str | None, span_ms: int, count: int) -> list[TimeBucket]:
    """Divide a mode's last `span_ms` milliseconds into buckets, oldest first.

    The width of a bucket is a multiple of COUNT_MS. Raises ValueError for another one.
    """
    width_ms = span_ms // count
    if width_ms % COUNT_MS:
        raise ValueError(f"Buckets of {width_ms} ms cannot be counted: use a multiple of {COUNT_MS} ms.")
    since = (now() // width_ms + 1 - count) * width_ms
    condition, values = (f"AND endpoint_id = {P}", [endpoint_id]) if endpoint_id else ("", [])
    query = BY_BUCKET.format(condition=condition)
    rows = db.execute_sql(query, [since, width_ms, actor.dealer.id, since, actor.is_test, *values]).fetchall()
    by_index = {int(row[0]): row for row in rows}
    return [_bucket(since + index * width_ms, by_index.get(index)) for index in range(count)]


def _bucket(starts_at: int, row: tuple[int, int, int, float, int, float | None] | None) -> TimeBucket:
    if row is None:
        return TimeBucket(starts_at)
    _, succeeded, failed, total_ms, timed, longest_ms = row
    average_ms = total_ms / int(timed) if timed else None
    return TimeBucket(starts_at, int(succeeded), int(failed), average_ms, longest_ms)
