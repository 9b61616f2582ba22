"""Executes a GitHub Actions workflow in a clone of a repository.

Each `run:` is executed by bash as a runner does, in an environment that has only what the workflow and the runner set.
Not executed, because only GitHub has them: triggers, `permissions`, `runs-on` and `timeout-minutes`.
"""

import os
import re
import shutil
import subprocess
import venv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.clients import tools

EXPRESSION = re.compile(r"\$\{\{ (vars|secrets)\.(\w+) \}\}")
CONDITION = re.compile(r"vars\.(\w+) != ''")


@dataclass
class Outcome:
    """The steps of a job: names of those that ran, and name and output of the one that failed."""

    passed: list[str] = field(default_factory=list)
    failed: str = ""
    output: str = ""


@dataclass
class Runner:
    """A machine for jobs; `folder` must be empty, `values` are the variables and secrets of the repository."""

    repository: Path
    folder: Path
    values: dict[str, dict[str, str]]

    def run_job(self, job: dict[str, Any]) -> Outcome:
        outcome = Outcome()
        condition = CONDITION.fullmatch(job["if"])
        assert condition is not None, "This condition is not supported: extend the runner."
        if not self.values["vars"].get(condition[1]):
            return outcome
        environment = {**self._environment(), **self._fill(job.get("env", {}))}
        for step in job["steps"]:
            result = self._run_step(step, environment)
            if result.returncode != 0:
                outcome.failed, outcome.output = step["name"], result.stdout
                break
            outcome.passed.append(step.get("name", step.get("uses", "")))
        return outcome

    def _run_step(self, step: dict[str, Any], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
        command = ["bash", "-e", "-c", step["run"]] if "run" in step else self._map_action(step)
        return subprocess.run(
            command,
            cwd=self.folder / "work",
            env={**environment, **self._fill(step.get("env", {}))},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
            check=False,
        )

    def _map_action(self, step: dict[str, Any]) -> list[str]:
        """Checkout clones the repository; setup-node is the Node of this machine, whatever its version."""
        action = step["uses"].partition("@")[0]
        commands = {
            "actions/checkout": ["git", "clone", "--quiet", str(self.repository), "."],
            "actions/setup-node": ["node", "--version"],
        }
        return commands[action]

    def _environment(self) -> dict[str, str]:
        """Only what a runner sets, and npm's own settings, which lead to its registry."""
        venv.create(self.folder / "python", symlinks=True)
        (self.folder / "work").mkdir()
        (self.folder / "home").mkdir()
        node = shutil.which("node")
        assert node is not None
        path = [self.folder / "python" / "bin", Path(node).parent, "/usr/local/bin", "/usr/bin", "/bin"]
        return {
            "PATH": os.pathsep.join(map(str, path)),
            "HOME": str(self.folder / "home"),
            "CI": "true",
            "GITHUB_RUN_ID": "1",
            "GITHUB_RUN_ATTEMPT": "1",
            **npm_settings(),
        }

    def _fill(self, variables: dict[str, str]) -> dict[str, str]:
        def replace(match: "re.Match[str]") -> str:
            return self.values[match[1]].get(match[2], "")

        return {name: EXPRESSION.sub(replace, text) for name, text in variables.items()}


def npm_settings() -> dict[str, str]:
    """The user's npm settings and a cache that lasts, so that a second installation works offline."""
    return {
        "npm_config_userconfig": tools.run(["npm", "config", "get", "userconfig"], Path.home()).stdout.strip(),
        "npm_config_cache": str(tools.HOME / "npm-cache"),
        "npm_config_prefer_offline": "true",
        "npm_config_audit": "false",
        "npm_config_fund": "false",
        "npm_config_update_notifier": "false",
    }
