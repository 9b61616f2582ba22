"""Clients generated from the document that a running hub serves: made without a remark, type-checked, and used.

Each walk in walks/ is a dealer's program on one generator's code: it lists, orders, repeats, is refused, cancels, and
reads every webhook body into its generated type.
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
from tests.handlers.test_event_bodies import TYPES, whole_day
from tests.hub import Server
from tests.receiver import Receiver

WALKS = Path(__file__).parent / "walks"


@dataclass(frozen=True)
class Generator:
    """`chatter` is what it may print when all is well, line by line."""

    walk: str
    command: str
    chatter: str

    @property
    def is_python(self) -> bool:
        return self.walk.endswith(".py")


GENERATORS = [
    Generator(
        "openapi_python_client.py",
        "openapi-python-client generate --meta none --output-path hub --url {url}",
        r"Generating hub",
    ),
    Generator(
        "datamodel_code_generator.py",
        # URLs as text, for its own type of them drops `maxLength` and warns of that; loopback must be allowed
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
class Workshop:
    """A folder with what one generator made, and the walk on it."""

    generator: Generator
    folder: Path
    tools: Path
    said: str

    def type_check(self) -> str:
        """What the type checker has against the generated code and its use."""
        check = ["mypy", "--config-file", "mypy.ini", "."] if self.generator.is_python else ["tsc", "--project", "."]
        done = tools.run([self.tools / check[0], *check[1:]], self.folder)
        return "" if done.returncode == 0 else done.stdout

    def walk(self, *arguments: str, **variables: str) -> Any:
        name = Path(self.generator.walk)
        program = [self.tools / "python", name] if self.generator.is_python else ["node", f"built/{name.stem}.js"]
        done = tools.run([*program, *arguments], self.folder, **variables)
        assert done.returncode == 0, done.stdout
        return json.loads(done.stdout)


@pytest.fixture(scope="module", params=GENERATORS, ids=lambda generator: Path(generator.walk).stem)
def workshop(request: pytest.FixtureRequest, server: Server, tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    generator: Generator = request.param
    folder = tmp_path_factory.mktemp("workshop")
    for name in (generator.walk, "mypy.ini", "tsconfig.json"):
        shutil.copy(WALKS / name, folder)
    if generator.is_python:
        programs = tools.python_tools() / "bin"
    else:
        (folder / "node_modules").symlink_to(tools.node_tools() / "node_modules")
        programs = folder / "node_modules" / ".bin"
    program, *arguments = generator.command.format(url=f"{server.url}/openapi.json").split()
    done = tools.run([programs / program, *arguments], folder, **tools.on_path(programs))
    assert done.returncode == 0, done.stdout
    return Workshop(generator, folder, programs, re.sub(r"\x1b\[[\d;]*m", "", done.stdout))


def test_generator_has_nothing_to_remark(workshop: Workshop) -> None:
    lines = [line for line in workshop.said.splitlines() if line.strip()]
    assert [line for line in lines if not re.fullmatch(workshop.generator.chatter, line)] == []


@pytest.fixture(scope="module")
def checked(workshop: Workshop) -> str:
    """The type checker's verdict; tsc also makes the JavaScript that is run afterwards."""
    return workshop.type_check()


def test_generated_code_and_the_walk_on_it_fit_strict_types(checked: str) -> None:
    assert checked == ""


def test_client_sells_a_watch_repeats_is_refused_and_cancels(
    workshop: Workshop, checked: str, server: Server, cast: Cast, api: Client
) -> None:
    listing = cast.owner.listing(asking_price_cents=625_050)
    told = workshop.walk("shop", HUB_URL=server.url, HUB_KEY=cast.owner.test_key)
    order = api.list_all("/orders")[0]
    assert told == {
        "listing": listing.id,
        "order": order["id"],
        "total": 6250.5,
        "is_replay_equal": True,
        "replayed": "true",
        "refused": "listing_not_available",
        "param": "$.items[0].listing_id",
        "status": "cancelled",
    }


def test_every_webhook_body_is_read_into_its_generated_type(
    workshop: Workshop, checked: str, cast: Cast, api: Client, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    whole_day(cast.owner, api)
    api.post("/test/webhook_ping", {"message": "Hello"})
    deliver()
    bodies = [delivered.event for delivered in receiver.deliveries]
    assert {body["event"] for body in bodies} == TYPES
    (workshop.folder / "bodies.json").write_text(json.dumps(bodies))
    assert workshop.walk("hear", "bodies.json") == [[body["event"], body["sequence"], gist(body)] for body in bodies]


def gist(body: dict[str, Any]) -> Any:
    """One field of each kind of payload."""
    fields = {"integration.test_event": "message", "customer.matched": "matched_by"}
    kinds = {"order": "total_eur", "listing": "asking_price_eur"}
    return body["data"][fields.get(body["event"]) or kinds[body["event"].partition(".")[0]]]
