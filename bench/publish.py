"""Publishes the newest results: the plot, and the tables in docs/performance.md and README.md.

`python -m bench.publish` writes the files. No number on these pages is written by hand.
"""

import re
from pathlib import Path

import config
from bench.plot import render_plot
from bench.report import render_report, render_summary
from bench.results import FOLDER, Results

PAGE = config.ROOT / "docs" / "performance.md"
README = config.ROOT / "README.md"
PLOT = config.ROOT / "docs" / "images" / "performance.svg"
BLOCK = re.compile(r"(<!-- results -->\n).*?(<!-- /results -->)", re.DOTALL)


def outputs(folder: Path = FOLDER) -> dict[Path, str]:
    """Return the expected content of each file. Raises FileNotFoundError without results."""
    results = Results.newest(folder)
    if results is None:
        raise FileNotFoundError("There are no results. Run `make bench`.")
    return {
        PLOT: render_plot(results),
        PAGE: insert(PAGE.read_text(), render_report(results)),
        README: insert(README.read_text(), render_summary(results)),
    }


def insert(page: str, text: str) -> str:
    """Replace the text between the markers of a page."""
    return BLOCK.sub(lambda markers: f"{markers[1]}\n{text}\n{markers[2]}", page)


def main() -> None:
    for path, content in outputs().items():
        path.write_text(content)
        print(f"{path.relative_to(config.ROOT)} written")


if __name__ == "__main__":
    main()
