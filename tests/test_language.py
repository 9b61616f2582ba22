"""The checker behind `make language` finds banned words however they are written, and nothing else.

`make lint` runs it on the whole tree, which takes seconds, so no test repeats that.
"""

from pathlib import Path

import pytest

from tests import language
from tests.language import SETTINGS, Finding, Vocabulary

VOCABULARY = Vocabulary({"gizmos?": "part", "comes? back": "returns", "widgets?": "control"}, allowed=["stock widget"])

PLANTED = [
    ("A gizmo.", "gizmo", "part"),
    ("Gizmos", "Gizmos", "part"),
    ("MOST_GIZMOS = 3", "GIZMOS", "part"),
    ("def _old_gizmo(): ...", "gizmo", "part"),
    ("class GizmoStore: ...", "Gizmo", "part"),
    ("newGizmo()", "Gizmo", "part"),
    ("It comes back.", "comes back", "returns"),
    ("def come_back(): ...", "come_back", "returns"),
    ("class ComeBack: ...", "ComeBack", "returns"),
    ("    # it comes\n    # back", "comes # back", "returns"),
    ("a stock widget, then a widget", "widget", "control"),
]


@pytest.mark.parametrize(("text", "term", "replacement"), PLANTED)
def test_banned_term_is_found(text: str, term: str, replacement: str) -> None:
    assert list(VOCABULARY.findings(text)) == [Finding(1, term, replacement)]


CLEAN = [
    "gizmology",
    "agizmo",
    "becomes back",
    "The default is a stock widget.",
    "stock_widget, Stock Widget",
    "it comes, back",
    "",
]


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_has_no_findings(text: str) -> None:
    assert list(VOCABULARY.findings(text)) == []


def test_finding_has_the_line_of_the_term() -> None:
    text = "stock\nwidget\n\nwidget and gizmo\n"
    assert [(finding.line, finding.term) for finding in VOCABULARY.findings(text)] == [(4, "widget"), (4, "gizmo")]


def test_no_replacement_is_itself_banned() -> None:
    vocabulary = Vocabulary(SETTINGS["banned"], SETTINGS["allowed"])
    assert {text: found for text in SETTINGS["banned"].values() if (found := list(vocabulary.findings(text)))} == {}


def test_every_allowed_phrase_holds_a_banned_term() -> None:
    vocabulary = Vocabulary(SETTINGS["banned"])
    assert [phrase for phrase in SETTINGS["allowed"] if not list(vocabulary.findings(phrase))] == []


def test_files_that_never_change_are_not_checked() -> None:
    names = {str(path.relative_to(language.ROOT)) for path in language.checked_files()}
    assert {"README.md", "Makefile", "app.py", "spec/openapi.yaml", "dashboard/templates/layout.html"} <= names
    assert not {name for name in names if name.startswith(("migrations/", "spec/released/", "docs/vendor/"))}
    assert not names & {"CHANGELOG.md", "spec/types.py", "requirements.lock"}


def test_program_fails_on_a_banned_term_and_names_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(SETTINGS, "banned", {"gizmos?": "part"})
    planted, clean = tmp_path / "planted.md", tmp_path / "clean.md"
    planted.write_text("# Title\n\nOne gizmo.\n")
    clean.write_text("# Title\n\nOne part.\n")
    assert language.main([str(clean)]) == 0
    assert capsys.readouterr().out == ""
    assert language.main([str(clean), str(planted)]) == 1
    assert capsys.readouterr().out == f"{planted}:3: gizmo -> use part\n"
