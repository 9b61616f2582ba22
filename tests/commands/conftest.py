"""`wth` as an operator runs it, in this process and against the tests' database."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from cli import wth as root


@dataclass
class Ran:
    """What a command did."""

    status: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document; fails when there is anything else."""
        return orjson.loads(self.stdout)

    @property
    def refusal(self) -> tuple[int, str]:
        """Status and code of a refusal under --json."""
        return self.status, self.document["error"]["code"]


Wth = Callable[..., Ran]


@pytest.fixture
def wth() -> Wth:
    def run(*arguments: str, stdin: bytes | None = None, env: dict[str, str] | None = None) -> Ran:
        result = CliRunner().invoke(root, list(arguments), input=stdin, env=env, prog_name="wth")
        return Ran(result.exit_code, result.stdout, result.stderr)

    return run
