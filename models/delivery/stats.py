"""How deliveries go over time: attempts in equal slices, counted and timed, per endpoint or for all."""

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
BY_SLICE = f"""
SELECT (a.started_at - {P}) / {P} AS slice,
       sum(CASE WHEN {{ok}} THEN 1 ELSE 0 END), sum(CASE WHEN {{ok}} THEN 0 ELSE 1 END),
       avg({TOTAL_MS}), max({TOTAL_MS})
FROM attempt a JOIN delivery d ON d.id = a.delivery_id
WHERE d.dealer_id = {P} AND a.started_at >= {P} AND a.finished_at IS NOT NULL {{which}}
GROUP BY 1 ORDER BY 1
""".replace("{ok}", "a.error IS NULL AND a.status BETWEEN 200 AND 299")


@dataclass(frozen=True)
class TimeBucket:
    """`average_ms` and `longest_ms` are None where nothing was sent."""

    starts_at: int
    succeeded: int = 0
    failed: int = 0
    average_ms: float | None = None
    longest_ms: float | None = None


def time_buckets(dealer: Dealer, *, endpoint_id: str | None, span_ms: int, count: int) -> list[TimeBucket]:
    """`count` slices that end now, the oldest first."""
    width = span_ms // count
    since = (now() // width + 1 - count) * width
    which, more = (f"AND d.endpoint_id = {P}", [endpoint_id]) if endpoint_id else ("", [])
    rows = db.execute_sql(BY_SLICE.format(which=which), [since, width, dealer.id, since, *more]).fetchall()
    known = {int(row[0]): row for row in rows}
    return [_slice(since + index * width, known.get(index)) for index in range(count)]


def _slice(starts_at: int, row: tuple[int, int, int, float | None, float | None] | None) -> TimeBucket:
    if row is None:
        return TimeBucket(starts_at)
    return TimeBucket(starts_at, int(row[1]), int(row[2]), row[3], row[4])
