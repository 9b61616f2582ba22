"""Delivery statistics for the chart: attempts in time buckets of equal width."""

from dataclasses import dataclass

import config
from models.clock import now
from models.database import db
from models.dealer import Dealer

P = db.param
TOTAL_MS = (
    "json_extract(a.timings, '$.total_ms')"
    if config.is_sqlite()
    else "CAST(CAST(a.timings AS json) ->> 'total_ms' AS double precision)"
)
BY_BUCKET = f"""
SELECT (a.started_at - {P}) / {P} AS bucket,
       sum(CASE WHEN {{ok}} THEN 1 ELSE 0 END), sum(CASE WHEN {{ok}} THEN 0 ELSE 1 END),
       avg({TOTAL_MS}), max({TOTAL_MS})
FROM attempt a JOIN delivery d ON d.id = a.delivery_id
WHERE d.dealer_id = {P} AND a.started_at >= {P} AND a.finished_at IS NOT NULL {{condition}}
GROUP BY 1 ORDER BY 1
""".replace("{ok}", "a.error IS NULL AND a.status BETWEEN 200 AND 299")


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


def time_buckets(dealer: Dealer, *, endpoint_id: str | None, span_ms: int, count: int) -> list[TimeBucket]:
    """Divide the last `span_ms` milliseconds into `count` buckets, oldest first."""
    width_ms = span_ms // count
    since = (now() // width_ms + 1 - count) * width_ms
    condition, values = (f"AND d.endpoint_id = {P}", [endpoint_id]) if endpoint_id else ("", [])
    query = BY_BUCKET.format(condition=condition)
    rows = db.execute_sql(query, [since, width_ms, dealer.id, since, *values]).fetchall()
    by_index = {int(row[0]): row for row in rows}
    return [_bucket(since + index * width_ms, by_index.get(index)) for index in range(count)]


def _bucket(starts_at: int, row: tuple[int, int, int, float | None, float | None] | None) -> TimeBucket:
    if row is None:
        return TimeBucket(starts_at)
    return TimeBucket(starts_at, int(row[1]), int(row[2]), row[3], row[4])
