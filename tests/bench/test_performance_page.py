"""The performance page, README and plot have the figures of the newest results, and no other."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

import config
from bench.publish import insert, outputs
from bench.results import Results

EXPECTED = outputs()
PAGE = (config.ROOT / "docs" / "performance.md").read_text()
PLOT = (config.ROOT / "docs" / "images" / "performance.svg").read_text()


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: path.name)
def test_published_file_is_that_of_the_newest_results(path: Path) -> None:
    assert path.read_text() == EXPECTED[path], "Run `.venv/bin/python -m bench.publish`."


def test_page_has_every_figure_of_the_hub_and_the_machine() -> None:
    results = Results.newest()
    assert results is not None
    values = [figure.value for figure in results.figures if figure.contender == "hub" and figure.unit == "µs"]
    assert values
    assert [value for value in values if f"**{value:,.0f}**" not in PAGE] == []
    assert results.machine["CPU"] in PAGE


def test_text_is_replaced_between_the_markers_only() -> None:
    page = "before 808\n<!-- results -->\nold\n<!-- /results -->\nafter\n"
    assert insert(page, "new\n") == "before 808\n<!-- results -->\n\nnew\n\n<!-- /results -->\nafter\n"


def test_no_text_of_the_plot_is_smaller_than_12_px() -> None:
    root = ElementTree.fromstring(PLOT)  # noqa: S314 - our own file
    sizes = [float(node.get("font-size", 99)) for node in root.iter()]
    assert min(sizes) >= 12
    assert len(list(root.iter("{http://www.w3.org/2000/svg}text"))) > 10


def test_plot_is_readable_in_both_color_schemes() -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 between text and background."""
    root = ElementTree.fromstring(PLOT)  # noqa: S314 - our own file
    attributes = {str(node.get("class")): str(node.get("fill")) for node in root.iter() if node.get("class")}
    dark = dict(re.findall(r"\.(\w+) \{ fill: (#\w{6}); \}", PLOT))
    assert dark.keys() == attributes.keys()
    for colors in (attributes, dark):
        assert contrast(colors["text"], colors["background"]) >= 4.5
        assert contrast(colors["hub"], colors["background"]) >= 3


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(color: str) -> float:
    channels = (int(color[start : start + 2], 16) / 255 for start in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * value for weight, value in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
