"""Bruno: its importer of Postman collections, and its command-line runner."""

import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

IMPORTER = Path(__file__).with_name("to_bruno.cjs")


@dataclass
class Run:
    """The result of a run."""

    exit_status: int
    results: list[dict[str, Any]]
    output: str

    @property
    def names(self) -> list[str]:
        return [str(row["name"]) for row in self.results]

    @property
    def tests(self) -> list[dict[str, Any]]:
        kinds = ("preRequestTestResults", "postResponseTestResults", "testResults")
        return [test for row in self.results for kind in kinds for test in row[kind]]

    @property
    def failures(self) -> list[str]:
        errors = [f"{row['name']}: {row['error']}" for row in self.results if row["error"]]
        return errors + [f"{test['description']}: {test['error']}" for test in self.tests if test["status"] != "pass"]


def import_collection(tools: Path, collection: Path) -> Path:
    """Convert a Postman collection; returns the folder of Bruno's."""
    folder = collection.with_name("bruno")
    environment = {**os.environ, "NODE_PATH": str(tools / "node_modules")}
    command = ["node", str(IMPORTER), str(collection), str(folder)]
    subprocess.run(command, env=environment, capture_output=True, timeout=120, check=True)
    return folder


def run(tools: Path, folder: Path, *, sandbox: str = "safe", **variables: str) -> Run:
    """Run the collection in a sandbox for scripts, `safe` or `developer`."""
    report = folder.with_name("bruno.json")
    settings = [text for name, value in variables.items() for text in ("--env-var", f"{name}={value}")]
    bru = tools / "node_modules" / ".bin" / "bru"
    command = [str(bru), "run", "--sandbox", sandbox, *settings, "--reporter-json", str(report)]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=240, check=False)
    return Run(result.returncode, json.loads(report.read_text())[0]["results"], result.stdout)
