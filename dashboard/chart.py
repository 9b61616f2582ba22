"""Layout of the delivery chart.

Attempts over time are stacked bars. Their average duration is a line.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.rendering import format_datetime, format_milliseconds
from models.delivery.stats import TimeBucket

WIDTH, HEIGHT, GAP = 720, 120, 2
LINE_HEIGHT = 56

Point = tuple[float, float]


@dataclass(frozen=True)
class Bar:
    """Bar of one time bucket, in pixels.

    Failed attempts are stacked on succeeded ones. `title` is the tooltip.
    """

    x: float
    width: float
    succeeded_y: float
    succeeded_height: float
    failed_y: float
    failed_height: float
    title: str


@dataclass(frozen=True)
class Chart:
    """Coordinates in pixels, and the figures beside the chart.

    `lines` are the points of polylines, one for each run of buckets with attempts. A run of one bucket is a dot.
    `max_attempts` is the highest number of attempts in a bucket, `max_average_ms` the highest average duration.
    """

    bars: list[Bar]
    lines: list[str]
    dots: list[Point]
    succeeded: int
    failed: int
    max_attempts: int
    max_average_ms: float
    starts_at: int
    ends_at: int

    @property
    def is_empty(self) -> bool:
        return self.succeeded + self.failed == 0

    @property
    def success_rate(self) -> str:
        percent = 100 * self.succeeded / max(1, self.succeeded + self.failed)
        return f"{percent:.0f} %" if percent in (0, 100) else f"{percent:.1f} %"


def build_chart(buckets: Sequence[TimeBucket]) -> Chart:
    """`buckets` are at least two, of equal length, in order of time."""
    max_attempts = max((bucket.succeeded + bucket.failed for bucket in buckets), default=0) or 1
    max_average_ms = max((bucket.average_ms or 0 for bucket in buckets), default=0) or 1
    width = WIDTH / len(buckets)
    runs = _split_runs(buckets, width, max_average_ms)
    return Chart(
        bars=[
            _build_bar(bucket, index * width, width, max_attempts)
            for index, bucket in enumerate(buckets)
            if bucket.succeeded + bucket.failed
        ],
        lines=[" ".join(f"{x:.1f},{y:.1f}" for x, y in run) for run in runs if len(run) > 1],
        dots=[run[0] for run in runs if len(run) == 1],
        succeeded=sum(bucket.succeeded for bucket in buckets),
        failed=sum(bucket.failed for bucket in buckets),
        max_attempts=max_attempts,
        max_average_ms=max_average_ms,
        starts_at=buckets[0].starts_at,
        ends_at=2 * buckets[-1].starts_at - buckets[-2].starts_at,
    )


def _build_bar(bucket: TimeBucket, x: float, width: float, max_attempts: int) -> Bar:
    succeeded, failed = HEIGHT * bucket.succeeded / max_attempts, HEIGHT * bucket.failed / max_attempts
    counts = f"{bucket.succeeded:,} delivered, {bucket.failed:,} failed"
    return Bar(
        x=round(x + GAP / 2, 1),
        width=round(width - GAP, 1),
        succeeded_y=round(HEIGHT - succeeded, 1),
        succeeded_height=round(succeeded, 1),
        failed_y=round(HEIGHT - succeeded - failed, 1),
        failed_height=round(failed, 1),
        title=f"{format_datetime(bucket.starts_at)} UTC: {counts}, {format_milliseconds(bucket.average_ms)} on average",
    )


def _split_runs(buckets: Sequence[TimeBucket], width: float, max_average_ms: float) -> list[list[Point]]:
    """Split the points of the duration line into runs.

    A new run starts after every bucket without attempts.
    """
    runs: list[list[Point]] = [[]]
    for index, bucket in enumerate(buckets):
        if bucket.average_ms is None:
            runs.append([])
        else:
            y = LINE_HEIGHT - (LINE_HEIGHT - 4) * bucket.average_ms / max_average_ms - 2
            runs[-1].append((round((index + 0.5) * width, 1), round(y, 1)))
    return [run for run in runs if run]
