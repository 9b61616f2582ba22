"""The results as Markdown: the table side by side, the targets, the machine."""

from collections.abc import Iterator, Sequence

from bench.machine import LOAD
from bench.measurement import Figure
from bench.results import Results
from bench.targets import HUB, MEMORY, RATE, SECONDS, TARGETS

QUIET_LOAD = 0.5  # the load average of a machine that does nothing else
COLUMNS = ("DRF + Celery", "FastAPI + arq", "Fastify", "BullMQ", HUB)
PEER_HEADING = {"Fastify": "Fastify, equal work", HUB: "**hub**"}


def render_report(results: Results) -> str:
    """Render everything that a reader of the page gets from the results."""
    paragraphs = (_summary, _table, _unavailable, _slower, _targets, _machine)
    return "\n\n".join(text for render in paragraphs if (text := "\n".join(render(results)))) + "\n"


def render_summary(results: Results) -> str:
    """Render the table alone."""
    return "\n".join(_table(results)) + "\n"


def _summary(results: Results) -> Iterator[str]:
    yield f"Measured on {results.date} at commit `{results.commit}`; medians. Rounds of each figure: {results.rounds}."
    if float(results.machine.get(LOAD, 0)) > QUIET_LOAD:
        yield "**Other programs kept the machine busy.** All figures are too high, and ratios are less exact."


def _table(results: Results) -> Iterator[str]:
    """One row per operation, one column per contender; the floor of each operation is last."""
    yield f"| | {' | '.join(PEER_HEADING.get(name, name) for name in COLUMNS)} | floor |"
    yield f"|---|{'---|' * len(COLUMNS)}---|"
    for operation, unit in list_rows(results.figures):
        cells = [_format(results.find(operation, name, unit), is_hub=name == HUB) for name in COLUMNS]
        yield f"| {operation}, {_unit_name(unit)} | {' | '.join(cells)} | {_floor(results, operation, unit)} |"


def list_rows(figures: Sequence[Figure]) -> list[tuple[str, str]]:
    """List the operations with their units, in the order of the figures, without rates."""
    return list(dict.fromkeys((figure.operation, figure.unit) for figure in figures if figure.unit != RATE))


def _floor(results: Results, operation: str, unit: str) -> str:
    floors = [
        f"{_format(figure.value)} ({figure.contender})"
        for figure in results.figures
        if figure.operation == operation and figure.unit == unit and figure.contender not in COLUMNS
    ]
    return ", ".join(floors) or "–"


def _unit_name(unit: str) -> str:
    return {"µs": "µs of CPU time", "MiB": "MiB (PSS)"}.get(unit, unit)


def _format(value: float | None, *, is_hub: bool = False) -> str:
    if value is None:
        return "–"
    text = f"{value:,.0f}" if value >= 20 else f"{value:.2f}"
    return f"**{text}**" if is_hub else text


def _targets(results: Results) -> Iterator[str]:
    yield "| Target | Measured | |"
    yield "|---|---|---|"
    for target in TARGETS:
        measured = target.measure(results)
        if measured is None:
            yield f"| {target.operation} {target} | not measured | – |"
            continue
        text = f"{measured:.2f}" if target.is_relative or target.unit == SECONDS else f"{measured:,.0f}"
        yield f"| {target.operation} {target} | {text} | {'met' if target.is_met(measured) else '**missed**'} |"


def _unavailable(results: Results) -> Iterator[str]:
    return (f"- {name} was not measured: {reason}" for name, reason in results.unavailable.items())


def _slower(results: Results) -> Iterator[str]:
    """List what takes the hub more than a peer."""
    for figure in results.figures:
        hub = results.find(figure.operation, HUB, figure.unit)
        is_peer = figure.contender in COLUMNS and figure.contender != HUB
        if is_peer and figure.unit != RATE and hub is not None and hub > figure.value:
            noun = "memory" if figure.unit == MEMORY else "time"
            yield (
                f"- {figure.operation}: the hub needs {hub / figure.value:.2f} times the {noun} of {figure.contender}"
            )


def _machine(results: Results) -> Iterator[str]:
    return (f"- {name}: {value}" for name, value in results.machine.items())
