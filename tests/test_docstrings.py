"""Docstrings open with one short line: an imperative or a noun phrase, without a title such as "How it works"."""

import ast
import re
from collections.abc import Iterator

import pytest

from tests.test_architecture import GENERATED, ROOT, SOURCES

MAX_LENGTH = 79
TITLE = re.compile(r"(What|Who|Where|When|How|Whether)\b")
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def first_lines(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """(line, text) of the first line of every docstring."""
    for node in ast.walk(tree):
        docstring = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
        if docstring:
            yield getattr(node, "lineno", 1), docstring.splitlines()[0]


def violations(source: str) -> Iterator[str]:
    for line, text in first_lines(ast.parse(source)):
        if len(text) > MAX_LENGTH:
            yield f"{line}: {len(text)} characters: {text}"
        if TITLE.match(text):
            yield f"{line}: starts as a question: {text}"


def test_first_lines_are_short_and_no_questions() -> None:
    files = [path for path in SOURCES if str(path.relative_to(ROOT)) not in GENERATED]
    product = [path for path in files if not path.is_relative_to(ROOT / "migrations")]
    found = [f"{path.relative_to(ROOT)}:{what}" for path in product for what in violations(path.read_text())]
    assert found == []


@pytest.mark.parametrize(
    "source",
    [
        f'"""{"x" * 80}"""',
        f'def f():\n    """{"x" * 80}\n\n    More.\n    """',
        'class A:\n    """What a row holds."""',
        'class A:\n    async def f(self):\n        """Whether it is live."""',
        '"""How retries work."""',
    ],
)
def test_violation_is_found(source: str) -> None:
    assert len(list(violations(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        f'"""{"x" * 79}"""',
        f'def f():\n    """Claim deliveries.\n\n    {"x" * 100}\n    What follows is detail.\n    """',
        '"""Whole numbers."""',
        "def f(): ...",
    ],
)
def test_sound_docstring_is_accepted(source: str) -> None:
    assert list(violations(source)) == []
