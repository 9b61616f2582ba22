"""The results as an SVG plot: bars of CPU time, one group per operation, each with a scale of its own.

The colors follow the reader's color scheme. The light ones are attributes, so that the plot is complete where styles
are blocked.
"""

from collections.abc import Iterator
from html import escape

from bench.results import Results
from bench.targets import HUB, MICROSECONDS

WIDTH, LABELS, VALUES, BAR, GAP, HEAD = 760, 170, 110, 20, 8, 34
FONT = "system-ui, -apple-system, 'Segoe UI', sans-serif"
LIGHT = {"background": "#ffffff", "text": "#1f2328", "peer": "#8c959f", "floor": "#d0d7de", "hub": "#0b63ce"}
DARK = {"background": "#0d1117", "text": "#e6edf3", "peer": "#7d8590", "floor": "#3d444d", "hub": "#58a6ff"}
FLOORS = ("bare uvicorn", "adapter.send", "SQLite statements")
OPERATIONS = ("page of 20", "page of 100", "POST /orders", "POST /orders, synchronous=FULL", "one delivery")


def render_plot(results: Results) -> str:
    """Render the plot. Operations that were not measured are left out."""
    parts: list[str] = []
    y = HEAD
    for operation in OPERATIONS:
        bars = _list_bars(results, operation)
        if bars:
            parts += _group(operation, bars, y)
            y += HEAD + len(bars) * (BAR + GAP) + GAP
    title = "CPU time per operation in µs: shorter is better"
    heading = f'<text class="text" x="0" y="18" font-weight="600" {_fill("text")}>{title}</text>'
    return "\n".join([*_head(y, title), heading, *parts, "</svg>\n"])


def _list_bars(results: Results, operation: str) -> list[tuple[str, float]]:
    bars = [(f.contender, f.value) for f in results.figures if (f.operation, f.unit) == (operation, MICROSECONDS)]
    return sorted(bars, key=lambda bar: -bar[1])


def _head(height: int, title: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-16 -8 {WIDTH + 32} {height + 16}" role="img" '
        f'font-family="{FONT}" font-size="14">'
    )
    yield f"<title>{title}</title>"
    rules = " ".join(f".{name} {{ fill: {color}; }}" for name, color in DARK.items())
    yield f"<style>@media (prefers-color-scheme: dark) {{ {rules} }}</style>"
    yield f'<rect class="background" x="-16" y="-8" width="100%" height="100%" {_fill("background")}/>'


def _group(operation: str, bars: list[tuple[str, float]], top: int) -> Iterator[str]:
    longest = max(value for _, value in bars)
    yield f'<text class="text" x="0" y="{top + 20}" font-weight="600" {_fill("text")}>{escape(operation)}</text>'
    for number, (contender, value) in enumerate(bars):
        yield from _bar(contender, value, longest, top + HEAD + number * (BAR + GAP))


def _bar(contender: str, value: float, longest: float, y: int) -> Iterator[str]:
    kind = HUB if contender == HUB else "floor" if contender in FLOORS else "peer"
    length = max(value / longest * (WIDTH - LABELS - VALUES), 1.0)
    weight = ' font-weight="600"' if contender == HUB else ""
    text = f'class="text"{weight} {_fill("text")}'
    yield f'<text {text} x="{LABELS - 10}" y="{y + 15}" text-anchor="end">{escape(contender)}</text>'
    yield f'<rect class="{kind}" x="{LABELS}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2" {_fill(kind)}/>'
    yield f'<text {text} x="{LABELS + length + 8:.1f}" y="{y + 15}">{value:,.0f}</text>'


def _fill(name: str) -> str:
    return f'fill="{LIGHT[name]}"'
