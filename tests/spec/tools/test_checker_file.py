"""The checker as one file runs anywhere and finds what the hub's own tool finds."""

import ast
import copy
import json
import subprocess
import sys
from pathlib import Path

import pytest

from spec.tools.breaking import find_breaking_changes
from spec.tools.checker_file import render_checker
from tests.contract.sample_document import BASE
from tests.spec.tools.test_breaking import BREAKING, Edit

SOURCE = render_checker("https://hub.example")


def check(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run the file without packages and without the hub on its path."""
    (folder / "check_compatibility.py").write_text(SOURCE)
    command = [sys.executable, "-I", "-S", "check_compatibility.py", *arguments]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)
    assert "Traceback" not in result.stderr
    return result.returncode, result.stdout + result.stderr


def test_file_uses_the_standard_library_only() -> None:
    nodes = list(ast.walk(ast.parse(SOURCE)))
    modules = {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    modules |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    assert {module.partition(".")[0] for module in modules} <= sys.stdlib_module_names


@pytest.mark.parametrize("edit", [edit for edit, _ in BREAKING[::12]])
def test_file_lists_what_the_module_finds(tmp_path: Path, edit: Edit) -> None:
    later = copy.deepcopy(BASE)
    edit(later)
    (tmp_path / "old.json").write_text(json.dumps(BASE))
    (tmp_path / "new.json").write_text(json.dumps(later))
    lines = "".join(f"{line}\n" for line in find_breaking_changes(BASE, later))
    assert check(tmp_path, "old.json", "new.json") == (1, lines)
    assert check(tmp_path, "new.json", "new.json") == (0, "No breaking changes.\n")


def test_unreadable_document_exits_with_2_and_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "old.json").write_text(json.dumps(BASE))
    (tmp_path / "page.json").write_text("<html>")
    (tmp_path / "list.json").write_text("[]")
    (tmp_path / "dangling.json").write_text(json.dumps({**BASE, "components": {}}))
    for name in ("missing.json", "page.json", "list.json", "dangling.json"):
        status, output = check(tmp_path, "old.json", name)
        assert (status, "Download it again." in output or "cannot be compared" in output) == (2, True)


def test_help_explains_the_exit_status(tmp_path: Path) -> None:
    status, output = check(tmp_path, "--help")
    assert status == 0
    assert "Exit status: 0 no breaking changes, 1 breaking changes, 2 a document cannot be" in output
