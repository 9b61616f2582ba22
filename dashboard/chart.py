"""A small chart, drawn on the server: attempts that succeeded and failed as bars, how long they took as a line."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.rendering import milliseconds, when
from models.delivery.stats import TimeBucket

WIDTH, HEIGHT, GAP = 720, 120, 2
LINE_HEIGHT = 56


@dataclass(frozen=True)
class Bar:
    """One slice of time: the two parts of its bar in pixels, and what it says to who points at it."""

    x: float
    width: float
    good_y: float
    good_height: float
    bad_y: float
    bad_height: float
    title: str


@dataclass(frozen=True)
class Chart:
    """`line` is the points of the latency polylines, one for each run without gaps."""

    bars: list[Bar]
    lines: list[str]
    dots: list[tuple[float, float]]
    succeeded: int
    failed: int
    most: int
    slowest_ms: float
    starts_at: int
    ends_at: int

    @property
    def is_empty(self) -> bool:
        return self.succeeded + self.failed == 0

    @property
    def rate(self) -> str:
        share = 100 * self.succeeded / max(1, self.succeeded + self.failed)
        return f"{share:.0f} %" if share in (0, 100) else f"{share:.1f} %"


def draw(slices: Sequence[TimeBucket]) -> Chart:
    most = max((one.succeeded + one.failed for one in slices), default=0) or 1
    slowest = max((one.average_ms or 0 for one in slices), default=0) or 1
    step = WIDTH / len(slices)
    runs = _runs(slices, step, slowest)
    return Chart(
        bars=[_bar(one, index * step, step, most) for index, one in enumerate(slices) if one.succeeded + one.failed],
        lines=[" ".join(f"{x:.1f},{y:.1f}" for x, y in run) for run in runs if len(run) > 1],
        dots=[run[0] for run in runs if len(run) == 1],
        succeeded=sum(one.succeeded for one in slices),
        failed=sum(one.failed for one in slices),
        most=most,
        slowest_ms=slowest,
        starts_at=slices[0].starts_at,
        ends_at=2 * slices[-1].starts_at - slices[-2].starts_at,
    )


def _bar(one: TimeBucket, x: float, step: float, most: int) -> Bar:
    good, bad = HEIGHT * one.succeeded / most, HEIGHT * one.failed / most
    said = f"{one.succeeded} succeeded, {one.failed} failed, {milliseconds(one.average_ms)} on average"
    return Bar(
        x=round(x + GAP / 2, 1),
        width=round(step - GAP, 1),
        good_y=round(HEIGHT - good, 1),
        good_height=round(good, 1),
        bad_y=round(HEIGHT - good - bad, 1),
        bad_height=round(bad, 1),
        title=f"{when(one.starts_at)} UTC: {said}",
    )


def _runs(slices: Sequence[TimeBucket], step: float, slowest: float) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for index, one in enumerate(slices):
        if one.average_ms is None:
            runs.append([])
        else:
            y = LINE_HEIGHT - (LINE_HEIGHT - 4) * one.average_ms / slowest - 2
            runs[-1].append((round((index + 0.5) * step, 1), round(y, 1)))
    return [run for run in runs if run]
