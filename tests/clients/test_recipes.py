"""Signature recipes of docs/recipes, each run in its own language.

Each verifies every vector and a real delivery.
"""

import base64
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from docs import generate
from webhooks import signing

DOCS = generate.FOLDER
DRIVERS = Path(__file__).parent / "drivers"
VECTORS: list[dict[str, Any]] = json.loads((DOCS / "vectors.json").read_text())["vectors"]


@dataclass(frozen=True)
class Language:
    """The commands that build and run a recipe with its driver.

    `programs` must be installed on the machine.
    """

    recipe: str
    driver: str
    programs: tuple[str, ...]
    build: tuple[str, ...]
    run: tuple[str, ...]
    recipe_at: str = "."
    files: tuple[tuple[str, str], ...] = ()


LANGUAGES = [
    Language("verify.py", "drive.py", (sys.executable,), (), (sys.executable, "drive.py")),
    Language("verify.mjs", "drive.mjs", ("node",), (), ("node", "drive.mjs")),
    Language("verify.php", "drive.php", ("php",), (), ("php", "drive.php")),
    Language("verify.rb", "drive.rb", ("ruby",), (), ("ruby", "drive.rb")),
    Language(
        "verify.go",
        "drive.go",
        ("go",),
        ("go", "build", "-o", "drive", "drive.go"),
        ("./drive",),
        recipe_at="webhook",
        files=(("go.mod", "module recipes\n\ngo 1.19\n"),),
    ),
    Language("Verify.java", "Drive.java", ("javac", "java"), ("javac", "Drive.java"), ("java", "-Xint", "Drive")),
]


@pytest.fixture(scope="module", params=LANGUAGES, ids=lambda language: language.recipe)
def recipe(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> "Recipe":
    language: Language = request.param
    for program in language.programs:
        if shutil.which(program) is None:
            pytest.skip(f"{program} is not on this machine, so {language.recipe} was not run")
    return Recipe(language, tmp_path_factory.mktemp("recipe"))


class Recipe:
    """A recipe and its driver in a folder of their own."""

    def __init__(self, language: Language, folder: Path) -> None:
        self.language, self.folder = language, folder
        (folder / language.recipe_at).mkdir(exist_ok=True)
        shutil.copy(DOCS / "recipes" / language.recipe, folder / language.recipe_at)
        shutil.copy(DRIVERS / language.driver, folder)
        for name, content in language.files:
            (folder / name).write_text(content)
        if language.build:
            self._call(language.build, "")

    def verify_all(self, cases: Sequence[dict[str, Any]]) -> list[bool]:
        lines = ["\t".join([*map(_encode, (c["header"], c["body"], c["secret"])), str(c["now"])]) for c in cases]
        words = self._call(self.language.run, "\n".join(lines) + "\n").split()
        assert set(words) <= {"true", "false"}
        return [word == "true" for word in words]

    def _call(self, command: Sequence[str], stdin: str) -> str:
        result = subprocess.run(
            command, cwd=self.folder, input=stdin, capture_output=True, text=True, timeout=120, check=False
        )
        assert result.returncode == 0, result.stderr
        return result.stdout


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def test_recipe_verifies_every_vector_correctly(recipe: Recipe) -> None:
    results = recipe.verify_all(VECTORS)
    assert dict(zip(_names(), results, strict=True)) == {vector["name"]: vector["valid"] for vector in VECTORS}


def test_recipe_accepts_a_delivery_signed_during_a_rotation(recipe: Recipe) -> None:
    new, old, foreign = signing.new_secret(), signing.new_secret(), signing.new_secret()
    body, at = '{"event":"listing.sold","data":{"model":"Œuvre"}}', int(time.time())
    header = signing.headers(event_id="evt_1", body=body.encode(), timestamp=at, secrets=[new, old])["WTH-Signature"]
    cases = [{"header": header, "body": body, "secret": secret, "now": at + 5} for secret in (new, old, foreign)]
    assert recipe.verify_all(cases) == [True, True, False]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_verifier_of_the_hub_agrees_with_the_vectors(vector: dict[str, Any]) -> None:
    verdict = signing.verify(
        header=vector["header"], body=vector["body"].encode(), secrets=[vector["secret"]], now=vector["now"]
    )
    assert (verdict.name, verdict.is_valid) == (vector["verdict"], vector["valid"])


def test_vectors_cover_every_verdict_and_have_unique_names() -> None:
    assert {vector["verdict"] for vector in VECTORS} == {verdict.name for verdict in signing.Verification}
    assert len(set(_names())) == len(VECTORS)


def test_generated_files_are_up_to_date() -> None:
    stale = [path.name for path, content in generate.outputs().items() if path.read_text() != content]
    assert stale == [], "run python -m docs.generate"


def test_every_verification_recipe_is_on_the_page() -> None:
    page = (DOCS / "webhooks.md").read_text()
    recipes = [file for file in sorted((DOCS / "recipes").iterdir()) if file.stem.lower() == "verify"]
    assert len(recipes) == len(generate.LANGUAGES)
    for file in recipes:
        assert file.read_text() in page, file.name


def _names() -> list[str]:
    return [vector["name"] for vector in VECTORS]
