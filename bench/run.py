"""One run: measure, print, compare with the previous results, and keep the new ones."""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module

import config
from bench import COMPARED
from bench.machine import describe_machine, read_commit
from bench.measurement import Measurement
from bench.regressions import find_regressions
from bench.report import render_report
from bench.results import Results
from models import schema


def run(names: Sequence[str], *, is_quick: bool, is_complete: bool) -> int:
    """Run benchmarks. Returns the exit status: 1 if a figure misses its minimum or has become worse."""
    schema.migrate()
    machine = describe_machine()
    measurements = {name: _measure(name, is_quick=is_quick) for name in _list_possible(names)}
    results = _collect(measurements, machine)
    print("\n" + render_report(results))
    regressions = _report_regressions(results)
    if is_complete and not is_quick and config.is_sqlite():
        print(f"{results.save()} written")
    has_failed = any(measurement.misses for measurement in measurements.values()) or (regressions and not is_quick)
    return 1 if has_failed else 0


def _list_possible(names: Sequence[str]) -> list[str]:
    """Leave out the benchmarks with peers on PostgreSQL: peers work on a copy of a SQLite database."""
    if config.is_sqlite():
        return list(names)
    print(f"Not on PostgreSQL: {', '.join(name for name in names if name in COMPARED)}")
    return [name for name in names if name not in COMPARED]


def _report_regressions(results: Results) -> list[str]:
    """Compare the results with the previous ones, and print each ratio that is worse."""
    previous = Results.newest()
    regressions = list(find_regressions(results, previous)) if previous else []
    for regression in regressions:
        print(f"!! worse than in the previous run: {regression}")
    return regressions


def _measure(name: str, *, is_quick: bool) -> Measurement:
    benchmark = import_module(f"bench.{name}")
    measurement: Measurement = benchmark.measure(**(benchmark.QUICK if is_quick else {}))
    print(f"\n== {name}: {measurement.text}", flush=True)
    for miss in measurement.misses:
        print(f"!! {miss}", flush=True)
    return measurement


def _collect(measurements: dict[str, Measurement], machine: dict[str, str]) -> Results:
    found = measurements.values()
    figures = [figure for measurement in found for figure in measurement.figures]
    return Results(
        date=datetime.now(UTC).date().isoformat(),
        commit=read_commit(),
        machine=machine,
        rounds=max((len(figure.rounds) for figure in figures), default=0),
        figures=figures,
        unavailable=dict(sorted({pair for measurement in found for pair in measurement.unavailable})),
        reports={name: measurement.text for name, measurement in measurements.items()},
    )
