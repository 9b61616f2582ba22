"""The tests that run on SQLite only: nothing that they import or request leads to a table."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import WITHOUT_DATABASE
from tests.test_architecture import RANKS, ROOT, imports, parse, unit_of

CONFTEST = ROOT / "tests" / "conftest.py"
THIS_TEST = {Path(__file__)}  # it imports the list


def files() -> set[Path]:
    return {file for place in WITHOUT_DATABASE for file in (place.rglob("*.py") if place.is_dir() else [place])}


def find_file(imported: str) -> Path | None:
    """The file of an imported module or name in `tests`, None for other packages."""
    modules = (imported, imported.rpartition(".")[0])
    paths = [ROOT / f"{module.replace('.', '/')}.py" for module in modules if module.startswith("tests.")]
    return next((path for path in paths if path.exists()), None)


def reached(starts: set[Path]) -> set[Path]:
    """These files, and the files of `tests` that they import, directly or not."""
    seen, unread = set[Path](), set(starts)
    while unread:
        file = unread.pop()
        seen.add(file)
        unread |= {path for _, imported in imports(parse(file)) if (path := find_file(imported))} - seen
    return seen


def table_imports(tree: ast.AST) -> Iterator[str]:
    """Imports of the packages that have tables, and of those above them."""
    return (name for _, name in imports(tree) if RANKS.get(unit_of(name), 0) >= RANKS["models"])


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def fixtures(tree: ast.AST) -> set[str]:
    return {node.name for node in functions(tree) if any("fixture" in ast.unparse(d) for d in node.decorator_list)}


def requested(tree: ast.AST) -> set[str]:
    """Arguments of tests and fixtures."""
    takers = [node for node in functions(tree) if node.name.startswith("test_") or node.name in fixtures(tree)]
    return {argument.arg for node in takers for argument in node.args.args}


def test_no_file_imports_a_package_with_tables() -> None:
    found = {str(file.relative_to(ROOT)): list(table_imports(parse(file))) for file in reached(files() - THIS_TEST)}
    assert {file: names for file, names in found.items() if names} == {}
    assert len(found) > 60


def test_no_test_requests_a_fixture_of_the_whole_hub() -> None:
    shared = fixtures(parse(CONFTEST))
    assert {"server", "cast", "empty_database"} <= shared
    assert {str(file): names for file in files() if (names := requested(parse(file)) & shared)} == {}


@pytest.mark.parametrize("source", ["from models.listing import Listing", "def test_a():\n    import app"])
def test_import_of_a_table_is_found(source: str) -> None:
    assert list(table_imports(ast.parse(source)))


def test_import_through_another_file_is_followed() -> None:
    assert ROOT / "tests" / "cast.py" in reached({ROOT / "tests" / "postman" / "test_run.py"})
