"""Clients generated from the served document: no warnings, type-checked, used.

Each program in programs/ is a dealer's code on one generated client. It lists, orders, repeats, handles an error,
cancels, and parses every webhook body into its generated type.
"""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.cast import Cast
from tests.client import Client
from tests.clients import tools
from tests.handlers.test_event_bodies import TYPES, cause_every_event
from tests.hub import Server
from tests.receiver import Receiver

PROGRAMS = Path(__file__).parent / "programs"


@dataclass(frozen=True)
class Generator:
    """A client generator.

    `expected_output` matches each line that it may print on success.
    """

    program: str
    command: str
    expected_output: str

    @property
    def is_python(self) -> bool:
        return self.program.endswith(".py")


GENERATORS = [
    Generator(
        "openapi_python_client.py",
        "openapi-python-client generate --meta none --output-path hub --url {url}",
        r"Generating hub",
    ),
    Generator(
        "datamodel_code_generator.py",
        # URLs as text, because its URL type drops `maxLength` with a warning; loopback must be allowed
        "datamodel-codegen --url {url} --allow-private-network --output hub.py --input-file-type openapi"
        " --output-model-type pydantic_v2.BaseModel --target-python-version 3.11 --type-mappings uri=string"
        " --use-annotated --set-default-enum-member --formatters builtin",
        r"",
    ),
    Generator(
        "openapi_typescript.ts",
        "openapi-typescript {url} --output hub.ts",
        r"✨ openapi-typescript [\d.]+|🚀 http://\S+ → hub.ts \[[\d.]+m?s\]",
    ),
    Generator(
        "hey_api.ts",
        "openapi-ts --input {url} --output hub --client @hey-api/client-fetch --no-log-file",
        r"@hey-api/openapi-ts v[\d.]+|\[Job 1\] (⏳ Generating from 1 input:|  \[1\] http://\S+|✅ Done! .*)",
    ),
]


@dataclass(frozen=True)
class Project:
    """A folder with the code of one generator and the program that uses it."""

    generator: Generator
    folder: Path
    tools: Path
    output: str

    def type_check(self) -> str:
        """Errors of the type checker in the generated code and in the program."""
        check = ["mypy", "--config-file", "mypy.ini", "."] if self.generator.is_python else ["tsc", "--project", "."]
        result = tools.run([self.tools / check[0], *check[1:]], self.folder)
        return "" if result.returncode == 0 else result.stdout

    def run(self, *arguments: str, **variables: str) -> Any:
        name = Path(self.generator.program)
        command = [self.tools / "python", name] if self.generator.is_python else ["node", f"built/{name.stem}.js"]
        result = tools.run([*command, *arguments], self.folder, **variables)
        assert result.returncode == 0, result.stdout
        return json.loads(result.stdout)


@pytest.fixture(scope="module", params=GENERATORS, ids=lambda generator: Path(generator.program).stem)
def project(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Project:
    generator: Generator = request.param
    folder = tmp_path_factory.mktemp("project")
    for name in (generator.program, "mypy.ini", "tsconfig.json"):
        shutil.copy(PROGRAMS / name, folder)
    if generator.is_python:
        programs = tools.python_tools() / "bin"
    else:
        (folder / "node_modules").symlink_to(tools.node_tools() / "node_modules")
        programs = folder / "node_modules" / ".bin"
    program, *arguments = generator.command.format(url=f"{server.url}/openapi.json").split()
    result = tools.run([programs / program, *arguments], folder, **tools.on_path(programs))
    assert result.returncode == 0, result.stdout
    return Project(generator, folder, programs, re.sub(r"\x1b\[[\d;]*m", "", result.stdout))


def test_generator_prints_no_warning(project: Project) -> None:
    lines = [line for line in project.output.splitlines() if line.strip()]
    assert [line for line in lines if not re.fullmatch(project.generator.expected_output, line)] == []


@pytest.fixture(scope="module")
def checked(project: Project) -> str:
    """The output of the type checker.

    tsc also compiles the JavaScript that runs afterwards.
    """
    return project.type_check()


def test_generated_code_and_program_pass_the_strict_type_checker(checked: str) -> None:
    assert checked == ""


def test_client_orders_repeats_handles_an_error_and_cancels(
    project: Project, checked: str, server: Server, cast: Cast, api: Client
) -> None:
    listing = cast.owner.listing(asking_price_cents=625_050)
    summary = project.run("shop", HUB_URL=server.url, HUB_KEY=cast.owner.test_key)
    order = api.list_all("/orders")[0]
    assert summary == {
        "listing": listing.id,
        "order": order["id"],
        "total": 6250.5,
        "is_replay_equal": True,
        "replayed": "true",
        "error_code": "listing_not_available",
        "param": "$.items[0].listing_id",
        "status": "cancelled",
    }


def test_every_webhook_body_is_parsed_into_its_generated_type(
    project: Project, checked: str, cast: Cast, api: Client, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    cause_every_event(cast.owner, api)
    api.post("/test/webhook_ping", {"message": "Hello"})
    deliver()
    bodies = [delivered.event for delivered in receiver.deliveries]
    assert {body["event"] for body in bodies} == TYPES
    (project.folder / "bodies.json").write_text(json.dumps(bodies))
    assert project.run("parse", "bodies.json") == [
        [body["event"], body["sequence"], main_field(body)] for body in bodies
    ]


def main_field(body: dict[str, Any]) -> Any:
    """One field of each kind of payload."""
    fields = {"integration.test_event": "message", "customer.matched": "matched_by"}
    kinds = {"order": "total_eur", "listing": "asking_price_eur"}
    return body["data"][fields.get(body["event"]) or kinds[body["event"].partition(".")[0]]]
