"""Newman, Postman's command-line runner, installed once per test session."""

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

VERSION = "6.2.2"


def install(folder: Path) -> Path:
    """Install Newman and return the program. Skips the test if that is impossible."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not on this machine, so the collection was not run")
    command = ["npm", "install", f"newman@{VERSION}", "--prefix", str(folder), "--no-audit", "--no-fund", "--silent"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if result.returncode != 0:
        pytest.skip(f"npm could not install newman {VERSION}: {result.stderr[-500:]}")
    return folder / "node_modules" / ".bin" / "newman"


@dataclass
class Run:
    """The result of a run."""

    exit_status: int
    report: dict[str, Any]

    @property
    def failures(self) -> list[str]:
        failures = self.report["run"]["failures"]
        return [f"{row['source']['name']}: {row['error']['message']}" for row in failures]

    @property
    def assertions(self) -> dict[str, list[str]]:
        """Names of the assertions by request, in the order of the run."""
        executions = self.report["run"]["executions"]
        return {row["item"]["name"]: [a["assertion"] for a in row.get("assertions", [])] for row in executions}


def run(newman: Path, collection: Path, *, only: str | None = None, **variables: str) -> Run:
    """Run the collection; `only` names one folder to run instead."""
    report = collection.with_name("report.json")
    settings = [text for name, value in variables.items() for text in ("--env-var", f"{name}={value}")]
    command = [str(newman), "run", str(collection), *settings, "--reporters", "json"]
    command += ["--folder", only] if only else []
    command += ["--reporter-json-export", str(report), "--timeout-request", "20000"]
    result = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    return Run(result.returncode, json.loads(report.read_text()))
