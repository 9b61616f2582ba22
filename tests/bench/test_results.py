"""Results of the benchmarks: files, targets, regressions and the report."""

from dataclasses import replace
from pathlib import Path

import pytest

from bench.measurement import Figure
from bench.plot import render_plot
from bench.regressions import find_regressions
from bench.report import render_report
from bench.results import Results
from bench.targets import Target

RESULTS = Results(
    date="2026-11-26",
    commit="abc1234",
    machine={"CPU": "Example CPU, 2 cores"},
    rounds=3,
    figures=[
        Figure("page of 20", "hub", "µs", (390.0, 400.0, 9000.0)),
        Figure("page of 20", "Fastify", "µs", (800.0, 790.0, 810.0)),
        Figure("page of 20", "bare uvicorn", "µs", (50.0, 50.0, 50.0)),
        Figure("POST /orders", "hub", "1/s", (900.0, 910.0, 920.0)),
        Figure("web under load", "hub", "MiB", (100.0,)),
    ],
    unavailable={"BullMQ": "Node.js is not installed."},
)


def with_hub(value: float) -> Results:
    """The results, with another figure of the hub for a page of 20."""
    return replace(RESULTS, figures=[replace(RESULTS.figures[0], rounds=(value,)), *RESULTS.figures[1:]])


def test_saved_results_are_loaded_and_the_newest_is_the_last_date(tmp_path: Path) -> None:
    for date in ("2026-11-27", "2026-11-26", "2026-10-30"):
        replace(RESULTS, date=date).save(tmp_path)
    assert Results.newest(tmp_path) == replace(RESULTS, date="2026-11-27")
    assert len(list(tmp_path.iterdir())) == 3


def test_there_are_no_newest_results_in_an_empty_folder(tmp_path: Path) -> None:
    assert Results.newest(tmp_path) is None


@pytest.mark.parametrize(
    ("target", "measured", "is_met"),
    [
        (Target("page of 20", 0.6, contender="Fastify"), 0.5, True),
        (Target("page of 20", 0.4, contender="Fastify"), 0.5, False),
        (Target("page of 20", 10, contender="bare uvicorn"), 8.0, True),
        (Target("POST /orders", 1000, "1/s"), 910.0, False),
        (Target("POST /orders", 910, "1/s"), 910.0, True),
        (Target("web under load", 99, "MiB"), 100.0, False),
        (Target("page of 20", 1.0, reference="page of 20"), 1.0, True),
    ],
    ids=str,
)
def test_target_compares_the_medians(target: Target, measured: float, is_met: bool) -> None:
    assert target.measure(RESULTS) == measured
    assert target.is_met(measured) is is_met


def test_target_without_its_figure_is_not_measured() -> None:
    assert Target("page of 20", 1.0, contender="BullMQ").measure(RESULTS) is None
    assert Target("one delivery", 1.0).measure(RESULTS) is None


@pytest.mark.parametrize("value", [400.0, 200.0, 459.0])
def test_ratios_within_the_tolerance_are_no_regression(value: float) -> None:
    assert list(find_regressions(with_hub(value), RESULTS)) == []


def test_worse_ratio_is_a_regression_to_each_reference() -> None:
    found = list(find_regressions(with_hub(480.0), RESULTS))
    assert found == [
        "page of 20: 0.60 times Fastify, was 0.50 on 2026-11-26",
        "page of 20: 9.60 times bare uvicorn, was 8.00 on 2026-11-26",
    ]


def test_slower_machine_is_no_regression() -> None:
    slower = [replace(figure, rounds=tuple(2 * value for value in figure.rounds)) for figure in RESULTS.figures]
    assert list(find_regressions(replace(RESULTS, figures=slower), RESULTS)) == []


def test_report_has_figures_targets_reasons_and_the_machine() -> None:
    report = render_report(RESULTS)
    assert "| page of 20, µs of CPU time | – | – | 800 | – | **400** | 50 (bare uvicorn) |" in report
    assert "| page of 20 ≤ 0.6 × Fastify | 0.50 | met |" in report
    assert "| POST /orders ≥ 1,000/s | 910 | **missed** |" in report
    assert "| one delivery ≤ 1 × BullMQ | not measured | – |" in report
    assert "BullMQ was not measured: Node.js is not installed." in report
    assert "Example CPU, 2 cores" in report


def test_plot_has_a_bar_of_each_contender_with_its_length_and_value() -> None:
    plot = render_plot(RESULTS)
    assert '<rect class="peer" x="170" y="68" width="480.0"' in plot
    assert '<rect class="hub" x="170" y="96" width="240.0"' in plot
    assert ">800</text>" in plot
    assert "POST /orders" not in plot


def test_report_names_what_is_slower_than_a_peer() -> None:
    assert "page of 20: the hub needs" not in render_report(RESULTS)
    assert "page of 20: the hub needs 1.12 times the time of Fastify" in render_report(with_hub(900.0))


@pytest.mark.parametrize(("load", "is_warned"), [("0.2", False), ("16.8", True)])
def test_report_warns_of_a_busy_machine(load: str, is_warned: bool) -> None:
    report = render_report(replace(RESULTS, machine={"Load average before the run": load}))
    assert ("Other programs kept the machine busy" in report) is is_warned
