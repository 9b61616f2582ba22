"""Newman, Postman's command-line runner."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EACH_FOLDER = Path(__file__).with_name("each_folder.cjs")


@dataclass
class Run:
    """The result of a run."""

    exit_status: int
    report: dict[str, Any]
    output: str

    @property
    def failures(self) -> list[str]:
        failures = self.report["run"]["failures"]
        return [f"{row['source']['name']}: {row['error']['message']}" for row in failures]

    @property
    def assertions(self) -> dict[str, list[str]]:
        """Names of the assertions by request, in the order of the run, without skipped requests."""
        executions = self.report["run"]["executions"]
        return {row["item"]["name"]: [a["assertion"] for a in row.get("assertions", [])] for row in executions}


def run(
    tools: Path, collection: Path, *, only: str | None = None, environment: str | None = None, **variables: str
) -> Run:
    """Run the collection; `only` names one folder to run instead."""
    report = collection.with_name("report.json")
    settings = [text for name, value in variables.items() for text in ("--env-var", f"{name}={value}")]
    newman = tools / "node_modules" / ".bin" / "newman"
    command = [str(newman), "run", str(collection), *settings, "--reporters", "json,cli"]
    command += ["--folder", only] if only else []
    command += ["--environment", environment] if environment else []
    command += ["--reporter-json-export", str(report), "--timeout-request", "20000", "--disable-unicode"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return Run(result.returncode, json.loads(report.read_text()), result.stdout)


def run_each_folder(
    tools: Path, collection: Path, folders: Sequence[str], variables: Mapping[str, str]
) -> dict[str, dict[str, list[str]]]:
    """Run folders one after the other, each alone.

    Returns `assertions` and `failures` by folder.
    """
    command = ["node", str(EACH_FOLDER), str(collection), json.dumps(folders), json.dumps(variables)]
    environment = {**os.environ, "NODE_PATH": str(tools / "node_modules")}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert result.returncode == 0, result.stderr
    runs: dict[str, dict[str, list[str]]] = json.loads(result.stdout.splitlines()[-1])
    return runs
