"""Runs `wth` commands in this process, against the tests' database."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from cli import wth as root


@dataclass
class CommandResult:
    """Exit status and output of a command."""

    status: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document. Fails if there is anything else."""
        return orjson.loads(self.stdout)

    @property
    def error(self) -> tuple[int, str]:
        """Exit status and error code of a command that failed with --json."""
        return self.status, self.document["error"]["code"]


Wth = Callable[..., CommandResult]


@pytest.fixture
def wth(tmp_path: Path) -> Wth:
    profiles = {"WTH_CONFIG_DIR": str(tmp_path / "profiles")}

    def run(*arguments: str, stdin: bytes | None = None, env: dict[str, str] | None = None) -> CommandResult:
        result = CliRunner().invoke(
            root, list(arguments), input=stdin, env={**profiles, **(env or {})}, prog_name="wth"
        )
        return CommandResult(result.exit_code, result.stdout, result.stderr)

    return run
