"""The nightly workflow that dealers copy passes and fails as it should."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from tests.cast import Cast
from tests.clients import tools
from tests.hub import Server

HERE = Path(__file__).parent
FILE = HERE.parent.parent / "docs" / "recipes" / "contract.yml"
JOB: dict[str, Any] = yaml.safe_load(FILE.read_text())["jobs"]["contract"]
PACKAGES: dict[str, str] = json.loads((HERE / "package.json").read_text())["devDependencies"]
NPX = re.compile(r"npx --yes (?:--package )?(\S+)@([\d.]+)(?: (?=tsc))?")
PROGRAMS = {"@redocly/cli": "redocly", "openapi-typescript": "openapi-typescript", "typescript": ""}


@pytest.fixture
def repository(server: Server, tmp_path: Path) -> Path:
    """A dealer's repository with the files that the workflow needs."""
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "openapi.json").write_bytes(requests.get(f"{server.url}/openapi.json", timeout=10).content)
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "shop.ts").write_text(
        'import type { components } from "./hub";\n'
        'export const year = (of: components["schemas"]["Listing"]): number | null => of.year;\n'
    )
    return tmp_path


def failed_steps(repository: Path, server: Server, key: str) -> list[str]:
    """Run every step with the installed programs; returns those that fail."""
    if shutil.which("curl") is None:
        tools.unavailable("curl is not on this machine")
    programs = tools.node_tools() / "node_modules" / ".bin"
    variables = {"WTH_URL": server.site, "WTH_TEST_KEY": key, "GITHUB_RUN_ID": "1", "GITHUB_RUN_ATTEMPT": "1"}
    failed = []
    for step in JOB["steps"]:
        command = NPX.sub(lambda match: PROGRAMS[match[1]], step.get("run", "true"))
        result = tools.run(["bash", "-e", "-c", command], repository, **variables, **tools.on_path(programs))
        if result.returncode != 0:
            failed.append(step["name"])
    return failed


def test_all_steps_pass_without_changes(repository: Path, server: Server, cast: Cast) -> None:
    cast.owner.endpoint("http://127.0.0.1:9/hooks")
    assert failed_steps(repository, server, cast.owner.test_key) == []


def test_each_step_fails_on_its_own_problem(repository: Path, server: Server, cast: Cast) -> None:
    reviewed = json.loads((repository / "hub" / "openapi.json").read_bytes())
    reviewed["components"]["schemas"]["Listing"]["properties"]["lug_width_mm"] = {"type": "integer"}
    (repository / "hub" / "openapi.json").write_text(json.dumps(reviewed))
    shop = repository / "src" / "shop.ts"
    shop.write_text(shop.read_text().replace("of.year", "of.lug_width_mm"))
    assert failed_steps(repository, server, "wth_" + "0" * 32) == [
        "Compare it with the contract that your code was written for",
        "Regenerate the types and compile your code",
        "Check the test key",
        "Send a signed test event to your webhook endpoint",
    ]


def test_workflow_uses_the_tested_versions() -> None:
    versions = dict(NPX.findall(FILE.read_text()))
    assert set(versions) == set(PROGRAMS)
    assert versions == {name: PACKAGES[name] for name in versions}
