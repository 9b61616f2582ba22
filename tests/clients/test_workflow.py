"""The nightly workflow that dealers copy passes and fails as it should, in a repository like theirs."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml

from spec.document import Node
from tests.cast import Cast
from tests.clients import tools
from tests.clients.workflow import Outcome, Runner, npm_settings
from tests.hub import Server

HERE = Path(__file__).parent
FILE = HERE.parent.parent / "docs" / "recipes" / "contract.yml"
JOBS: dict[str, Any] = yaml.safe_load(FILE.read_text())["jobs"]
STEPS = [step.get("name", step.get("uses")) for step in JOBS["contract"]["steps"]]
PACKAGES: dict[str, str] = json.loads((HERE / "package.json").read_text())["devDependencies"]
VERSIONS = {name: PACKAGES[name] for name in ("openapi-typescript", "typescript")}
FIXTURE = """import type { components } from "./hub";
export const address: components["schemas"]["Address"] = {
  line1: "Ringstr. 1", line2: null, city: "Köln", postal_code: null, region: null, country: "DE",
};
"""
GIT = ["git", "-c", "user.name=Dealer", "-c", "user.email=dealer@shop.example"]

Start = Callable[..., Outcome]


def execute(command: list[str], folder: Path) -> None:
    result = tools.run(command, folder, **npm_settings())
    if result.returncode != 0:
        tools.unavailable(f"{command[0]} failed: {result.stdout[-500:]}")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dealer's Node project before it knows the hub."""
    for program in ("node", "npm", "git", "curl"):
        if shutil.which(program) is None:
            tools.unavailable(f"{program} is not on this machine")
    folder = tmp_path_factory.mktemp("project")
    (folder / "src").mkdir()
    (folder / "src" / "fixtures.ts").write_text(FIXTURE)
    (folder / "package.json").write_text(json.dumps({"name": "shop", "devDependencies": VERSIONS}))
    (folder / "tsconfig.json").write_text(json.dumps({"compilerOptions": {"strict": True}, "include": ["src"]}))
    tools.HOME.mkdir(parents=True, exist_ok=True)
    execute(["npm", "install", "--package-lock-only", "--ignore-scripts"], folder)
    return folder


@pytest.fixture
def start(project: Path, server: Server, cast: Cast, tmp_path: Path) -> Start:
    """Commit the project with the hub's files and the workflow, and run its job."""
    cast.owner.endpoint("http://127.0.0.1:9/hooks")

    def run(*, contract: Callable[[Node], None] = lambda _: None, fixture: str = FIXTURE, key: str = "") -> Outcome:
        repository = tmp_path / "repository"
        shutil.copytree(project, repository)
        (repository / "src" / "fixtures.ts").write_text(fixture)
        save_hub_files(repository, server, contract)
        subprocess.run([*GIT, "init", "--quiet"], cwd=repository, check=True)
        subprocess.run([*GIT, "add", "--all"], cwd=repository, check=True)
        subprocess.run([*GIT, "commit", "--quiet", "--message", "Add the hub"], cwd=repository, check=True)
        values = {"vars": {"WTH_URL": server.site}, "secrets": {"WTH_TEST_KEY": key or cast.owner.test_key}}
        machine = tmp_path / "machine"
        machine.mkdir()
        return Runner(repository, machine, values).run_job(JOBS["contract"])

    return run


def save_hub_files(repository: Path, server: Server, contract: Callable[[Node], None]) -> None:
    """Save the checker, the workflow, and a contract that is changed as if the hub's had been another one."""
    document = requests.get(f"{server.url}/openapi.json", timeout=60).json()
    contract(document)
    (repository / "hub").mkdir()
    (repository / "hub" / "openapi.json").write_text(json.dumps(document))
    checker = requests.get(f"{server.site}/openapi/check_compatibility.py", timeout=60).content
    (repository / "hub" / "check_compatibility.py").write_bytes(checker)
    workflows = repository / ".github" / "workflows"
    workflows.mkdir(parents=True)
    shutil.copy(FILE, workflows)


def test_all_steps_pass_without_changes(start: Start) -> None:
    outcome = start()
    assert (outcome.failed, outcome.output) == ("", "")
    assert outcome.passed == STEPS


def before_additions(document: Node) -> None:
    """The contract before the hub got an operation, an event, an error code and a response field."""
    schemas = document["components"]["schemas"]
    del document["paths"]["/listings/{listing_id}"], document["webhooks"]["listing.sold"]
    schemas["ErrorCode"]["enum"].remove("plan_required")
    schemas["Listing"]["properties"].pop("year")
    schemas["Listing"]["required"].remove("year")


def test_additions_within_a_version_pass(start: Start) -> None:
    assert start(contract=before_additions).failed == ""


def before_a_removal(document: Node) -> None:
    document["components"]["schemas"]["Listing"]["properties"]["lug_width_mm"] = {"type": "integer"}


def test_breaking_change_fails_with_its_place(start: Start) -> None:
    outcome = start(contract=before_a_removal)
    assert outcome.failed == "Compare it with the contract that your code was written for"
    assert outcome.output == "Listing.lug_width_mm: field removed\n"


def test_fixture_that_lacks_a_field_fails(start: Start) -> None:
    outcome = start(fixture=FIXTURE.replace(' city: "Köln",', ""))
    assert outcome.failed == "Compile your code and fixtures"
    assert "src/fixtures.ts" in outcome.output
    assert "'city' is missing" in outcome.output


def test_invalid_key_fails_with_the_hubs_message(start: Start) -> None:
    outcome = start(key="wth_" + "0" * 32)
    assert outcome.failed == "Check the test key"
    assert "invalid_api_key" in outcome.output


def test_workflow_names_the_tested_versions() -> None:
    assert dict(re.findall(r"(openapi-typescript|typescript)@([\d.]+)", FILE.read_text())) == VERSIONS
