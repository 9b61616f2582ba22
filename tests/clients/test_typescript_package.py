"""The TypeScript package as a dealer gets it: packed by npm, installed, compiled against, and used by a program."""

import json
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import config
from tests.cast import Cast
from tests.client import Client
from tests.clients import package_trial, tools
from tests.clients.flaky_hub import Outcome, serve_flaky
from tests.docs.reading import code
from tests.hub import Server

SOURCE = config.ROOT / "clients" / "typescript"
PROGRAMS = Path(__file__).parent / "programs"
NAME = "typescript_package"
OFFLINE = ["--offline", "--ignore-scripts", "--no-audit", "--no-fund"]
TSC = ["--strict", "--module", "node16", "--target", "es2022", "--types", "node", "--outDir", "built"]


def run(command: Sequence[str | Path], folder: Path, **variables: str) -> str:
    done = tools.run(command, folder, **variables)
    assert done.returncode == 0, done.stdout
    return done.stdout


class InstalledModule:
    """A project with the package from its tarball and the dealer's compiled program."""

    def __init__(self, folder: Path) -> None:
        modules = tools.typescript_compiler() / "node_modules"
        shutil.copytree(SOURCE, folder / "source", ignore=shutil.ignore_patterns("node_modules", "dist"))
        (folder / "source" / "node_modules").symlink_to(modules)
        run(["npm", "run", "build"], folder / "source")
        run(["npm", "pack", "--pack-destination", folder, *OFFLINE], folder / "source")
        self.tarball = next(folder.glob("*.tgz"))
        self.folder = folder / "shop"
        self.folder.mkdir()
        (self.folder / "package.json").write_text('{"name": "shop", "private": true, "type": "module"}')
        run(["npm", "install", self.tarball, *OFFLINE], self.folder)
        for name in ("@types", "undici-types"):  # after npm, which removes what it did not install
            (self.folder / "node_modules" / name).symlink_to(modules / name)
        shutil.copy(PROGRAMS / f"{NAME}.ts", self.folder)
        run([modules / ".bin" / "tsc", *TSC, f"{NAME}.ts"], self.folder)

    def __call__(self, *arguments: str, url: str = "http://hub.invalid", key: str = "none") -> Any:
        return json.loads(run(["node", f"built/{NAME}.js", *arguments], self.folder, HUB_URL=url, HUB_KEY=key))


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> InstalledModule:
    return InstalledModule(tmp_path_factory.mktemp("module"))


def test_a_lost_response_and_a_full_hub_cost_no_second_order(
    module: InstalledModule, server: Server, cast: Cast, api: Client
) -> None:
    package_trial.check_shop(module, server, cast, api)


def test_a_newer_hub_is_accepted(module: InstalledModule, server: Server, cast: Cast, api: Client) -> None:
    package_trial.check_newer_hub(module, server, cast, api)


def test_a_real_delivery_is_verified(module: InstalledModule, cast: Cast, tmp_path: Path) -> None:
    package_trial.check_delivery(module, cast, tmp_path)


def test_every_vector_is_verified(module: InstalledModule) -> None:
    package_trial.check_vectors(module)


def test_the_code_on_the_page_orders_once(module: InstalledModule, server: Server, cast: Cast) -> None:
    cast.owner.listing()
    text = code("clients", "TypeScript package").replace("http://localhost:8080", server.site)
    command = ["node", "--input-type=module", "--eval", text]
    output = run(command, module.folder, WTH_API_KEY=cast.owner.test_key)
    assert output.splitlines() == package_trial.PAGE_OUTPUT


RETRIES = """
import { Client } from "@watchtraderhub/client";
const slept = [];
const sleep = async (seconds) => void slept.push(seconds);
const { HUB_URL: baseUrl, HUB_KEY: apiKey } = process.env;
const hub = new Client({ apiKey, baseUrl, sleep, jitter: () => 1 });
const result = await hub.integration.getMe().then((me) => me.object, (error) => error.name);
console.log(JSON.stringify([result, slept]));
"""


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([(503, {}, b"<h1>Unavailable</h1>"), (429, {"Retry-After": "3"}, b"{}")], [0.5, 4]),
        ([(409, {"Retry-After": "1"}, b'{"error":{"code":"idempotency_key_in_use"}}')], [2]),
        ([(500, {}, b"")] * 9, "StatusError"),
        ([(429, {"Retry-After": "61"}, b'{"error":{"code":"too_many_requests"}}')], "TooManyRequestsError"),
        ([(429, {}, b'{"error":{"code":"too_many_failed_attempts"}}')], "TooManyFailedAttemptsError"),
        ([(404, {}, b'{"error":{"type":"not_found_error","code":"newer"}}')], "NotFoundError"),
        ([(302, {"Location": "/elsewhere"}, b"")], "StatusError"),
    ],
)
def test_only_what_may_pass_is_sent_again(
    module: InstalledModule, server: Server, cast: Cast, outcomes: list[Outcome], expected: list[float] | str
) -> None:
    with serve_flaky(server.site, {"GET /me": outcomes}) as hub:
        variables = {"HUB_URL": hub.url, "HUB_KEY": cast.owner.test_key}
        output = run(["node", "--input-type=module", "--eval", RETRIES], module.folder, **variables)
    result, slept = json.loads(output)
    if isinstance(expected, list):
        assert slept == expected
    else:
        assert (result, slept) == (expected, [0.5, 1, 2, 4][: len(hub.requests) - 1])


def test_the_package_can_be_required_and_keeps_the_key_to_itself(module: InstalledModule) -> None:
    script = (
        "const { Client } = require('@watchtraderhub/client');"
        "const hub = new Client({ apiKey: 'wth_secret', baseUrl: 'https://hub.example' });"
        "console.log(require('util').inspect(hub, { depth: 9, showHidden: true }));"
        "try { new Client({ apiKey: 'wth_secret\\n', baseUrl: 'https://hub.example' }) } catch (e) { console.log(e) }"
    )
    output = run(["node", "--input-type=commonjs", "--eval", script], module.folder, **os.environ)
    assert "Invalid API key" in output
    assert "wth_secret" not in output.replace(script, "")


def test_the_mirror_can_be_required_and_imported_without_a_database(module: InstalledModule) -> None:
    required = "console.log(typeof require('@watchtraderhub/client/mirror').Mirror)"
    imported = "import { Mirror } from '@watchtraderhub/client/mirror'; console.log(typeof Mirror)"
    for kind, script in (("commonjs", required), ("module", imported)):
        assert run(["node", f"--input-type={kind}", "--eval", script], module.folder) == "function\n"


def test_nothing_is_needed_at_runtime() -> None:
    package = json.loads((SOURCE / "package.json").read_text())
    assert "dependencies" not in package
    assert "resolved" not in (SOURCE / "package-lock.json").read_text()


def test_the_version_is_the_same_everywhere() -> None:
    package, lock = (json.loads((SOURCE / name).read_text()) for name in ("package.json", "package-lock.json"))
    assert lock["version"] == lock["packages"][""]["version"] == package["version"]
    assert f'VERSION = "{package["version"]}"' in (SOURCE / "src" / "version.ts").read_text()
