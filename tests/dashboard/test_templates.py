"""Templates: short lines, a page for each file, a name for each state and error."""

import re
from pathlib import Path
from typing import get_args

import dashboard
from dashboard.rendering import environment
from models.delivery.delivery import STATES
from webhooks.failure import ErrorClass

FOLDER = Path(dashboard.__file__).parent
MAX_LINE_LENGTH = 160


def test_no_line_of_a_template_is_long() -> None:
    templates = list(FOLDER.rglob("*.html"))
    assert len(templates) > 40
    long_lines = [
        f"{template.relative_to(FOLDER)}:{number}"
        for template in templates
        for number, line in enumerate(template.read_text().splitlines(), 1)
        if len(line) > MAX_LINE_LENGTH
    ]
    assert long_lines == []


def test_every_page_template_is_rendered_and_every_rendered_one_exists() -> None:
    pages = {path.relative_to(FOLDER / "templates").as_posix() for path in FOLDER.glob("templates/pages/*.html")}
    rendered = {name for path in FOLDER.rglob("*.py") for name in re.findall(r'"(pages/\w+\.html)"', path.read_text())}
    assert pages == rendered


def test_every_state_and_error_of_a_delivery_has_a_label() -> None:
    macros = environment().get_template("macros/state.html").module
    assert set(STATES) <= set(macros.NAMES)  # type: ignore[attr-defined] # set by the template
    assert set(get_args(ErrorClass)) == set(macros.ERRORS)  # type: ignore[attr-defined] # set by the template
