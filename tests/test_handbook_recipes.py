"""Recipes of CONTRIBUTING.md, followed in a copy of the tree: generators and tests find what a step forgets."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import config


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the tree in which a recipe can be followed."""
    skipped = shutil.ignore_patterns(".*", "var", "node_modules", "*.egg-info", "screenshots", "__pycache__")
    return Path(shutil.copytree(config.ROOT, tmp_path / "copy", ignore=skipped))


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the copy, whose modules come first."""
    environment = {**os.environ, "WTH_DATA_DIR": str(copy / "var"), "PYTHONPATH": str(copy)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text, f"{file.name} has no {old!r}"
    file.write_text(text.replace(old, new, 1))


def assert_generated(copy: Path, page: str, heading: str) -> None:
    """`make unchanged` names the page until `make generate` has written it."""
    found = run(copy, "cli.py", "generate", "--check")
    assert (found.returncode, page in found.stderr) == (1, True), found
    assert page in run(copy, "cli.py", "generate").stdout
    assert f"\n## {heading}\n" in (copy / page).read_text()


def test_recipe_for_a_setting_works(copy: Path) -> None:
    declaration = 'EXAMPLE = read_setting("WTH_EXAMPLE", "0", switch, "1 turns the example on.")\n'
    file = copy / "config" / "__init__.py"
    file.write_text(f"{file.read_text()}\n{declaration}")
    assert_generated(copy, "docs/settings.md", "WTH_EXAMPLE")


def test_recipe_for_a_command_works(copy: Path) -> None:
    (copy / "commands" / "greeting.py").write_text(COMMAND)
    listed = 'LazyCommand("greet", "commands.greeting:greet", "Greet the operator."),'
    edit(copy / "cli.py", "COMMANDS = (", f"COMMANDS = (\n    {listed}")
    assert_generated(copy, "docs/cli.md", "wth greet")
    assert run(copy, "cli.py", "greet", "--json").stdout == '{\n  "greeting": "Hello."\n}\n'


COMMAND = '''"""`wth greet`."""

import click

from commands.output import CommandOutput, HubCommand, example


@click.command(cls=HubCommand, epilog=example("wth greet"))
def greet() -> CommandOutput:
    """Greet the operator."""
    return CommandOutput({"greeting": "Hello."}, "Hello.")
'''


def test_tests_find_the_forgotten_steps_of_an_error_code_and_a_listing_field(copy: Path) -> None:
    spec = copy / "spec" / "openapi.yaml"
    edit(spec, "        - service_unavailable\n", "        - service_unavailable\n        - example_code\n")
    edit(spec, "        caliber:\n", "        example_mm: {type: integer, minimum: 0, maximum: 9}\n        caliber:\n")
    assert "spec/types.py, postman/v1.postman.json" in run(copy, "cli.py", "generate", "--check").stderr
    suites = ["tests/spec/test_catalogue.py", "tests/handlers/test_errors.py", "tests/test_handbook.py"]
    chosen = "catalogue or example_code or every_public_field"
    result = run(copy, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly", *suites, "-k", chosen)
    failed = re.findall(r"^FAILED (\S+)::", result.stdout, re.MULTILINE)
    assert set(failed) == set(suites), result.stdout
