"""Templates stay readable: short lines, and every page file is rendered by some page."""

import re
from pathlib import Path

import dashboard

FOLDER = Path(dashboard.__file__).parent
LONGEST_LINE = 160
SOURCES = [path.read_text() for path in FOLDER.rglob("*.py")]


def test_no_line_of_a_template_is_long() -> None:
    templates = list(FOLDER.rglob("*.html"))
    assert len(templates) > 40
    long_lines = [
        f"{template.relative_to(FOLDER)}:{number}"
        for template in templates
        for number, line in enumerate(template.read_text().splitlines(), 1)
        if len(line) > LONGEST_LINE
    ]
    assert long_lines == []


def test_every_page_template_is_rendered_and_every_rendered_one_exists() -> None:
    pages = {path.relative_to(FOLDER / "templates").as_posix() for path in FOLDER.glob("templates/pages/*.html")}
    assert pages == set(re.findall(r'"(pages/\w+\.html)"', "\n".join(SOURCES)))
