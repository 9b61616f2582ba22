"""The Python package as a dealer gets it: built as a wheel, installed, and used by a program."""

import ast
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import config
from tests.cast import Cast
from tests.client import Client
from tests.clients import package_trial
from tests.clients.mcp_session import open_mcp
from tests.docs.reading import BLOCK, code
from tests.hub import Server

SOURCE = config.ROOT / "clients" / "python"
PROGRAM = Path(__file__).parent / "programs" / "python_package.py"
OLDEST_PYTHON = (3, 9)
OFFLINE = ["--no-deps", "--no-index", "--disable-pip-version-check", "--quiet"]


def pip(*words: str | Path) -> None:
    command = [sys.executable, "-m", "pip", *map(str, words), *OFFLINE]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    shutil.copytree(SOURCE, folder / "source")  # setuptools writes beside the sources
    pip("wheel", folder / "source", "--no-build-isolation", "--wheel-dir", folder)
    return next(folder.glob("*.whl"))


class InstalledPackage:
    """The installed wheel, with the dealer's program beside it. `requests` is that of the hub's environment."""

    def __init__(self, wheel: Path, folder: Path) -> None:
        self.folder = folder
        pip("install", wheel, "--target", folder / "site")
        shutil.copy(PROGRAM, folder)

    def __call__(self, *arguments: str, url: str = "http://hub.invalid", key: str = "none") -> Any:
        return json.loads(self.run([PROGRAM.name, *arguments], HUB_URL=url, HUB_KEY=key))

    def run(self, words: Sequence[str], **variables: str) -> str:
        environment = {**os.environ, "PYTHONPATH": str(self.folder / "site"), **variables}
        command = [sys.executable, *words]
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout


@pytest.fixture(scope="module")
def program(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> InstalledPackage:
    return InstalledPackage(wheel, tmp_path_factory.mktemp("dealer"))


def test_wheel_has_the_license_the_readme_and_types(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        metadata = archive.read(next(name for name in names if name.endswith("/METADATA"))).decode()
    assert "watchtraderhub/py.typed" in names
    assert any(name.endswith("/LICENSE") for name in names)
    required = [line for line in metadata.splitlines() if line.startswith("Requires-Dist") and "extra ==" not in line]
    assert required == ["Requires-Dist: requests>=2.28"]
    assert "Start in a minute" in metadata


def test_a_lost_response_and_a_full_hub_cost_no_second_order(
    program: InstalledPackage, server: Server, cast: Cast, api: Client
) -> None:
    package_trial.check_shop(program, server, cast, api)


def test_a_newer_hub_is_accepted(program: InstalledPackage, server: Server, cast: Cast, api: Client) -> None:
    package_trial.check_newer_hub(program, server, cast, api)


def test_a_real_delivery_is_verified(program: InstalledPackage, cast: Cast, tmp_path: Path) -> None:
    package_trial.check_delivery(program, cast, tmp_path)


def test_the_code_on_the_page_orders_once(program: InstalledPackage, server: Server, cast: Cast) -> None:
    cast.owner.listing()
    text = code("clients", "Python package").replace("http://localhost:8080", server.site)
    assert program.run(["-c", text], WTH_API_KEY=cast.owner.test_key).splitlines() == package_trial.PAGE_OUTPUT


def test_the_code_in_the_readme_runs(program: InstalledPackage, server: Server, cast: Cast) -> None:
    cast.owner.listing()
    blocks = BLOCK.finditer((SOURCE / "README.md").read_text())
    first, second, third = (found["text"] for found in blocks if found["language"] == "python")
    text = first.replace("http://localhost:8080", server.site)
    assert program.run(["-c", text], WTH_API_KEY=cast.owner.test_key).splitlines()[-1] == "received"
    forged = f"{second}\nprint(receive(b'{{}}', {{'WTH-Signature': 't=1,v1=0'}}))"
    assert program.run(["-c", forged], WTH_WEBHOOK_SECRET="whsec_1").strip() == "400"
    count = 'print(sqlite3.connect("shop.db").execute("SELECT status FROM listing").fetchall())'
    text = f"{third}\n{count}".replace("http://localhost:8080", server.site)
    environment = {"WTH_API_KEY": cast.owner.test_key, "WTH_WEBHOOK_SECRET": "whsec_1"}
    assert program.run(["-c", text], **environment).strip() == "[('sold',)]"


def test_a_language_model_orders_with_the_installed_package(
    program: InstalledPackage, server: Server, cast: Cast, tmp_path: Path
) -> None:
    listing = cast.owner.listing()
    log = tmp_path / "log"
    with open_mcp(server.site, cast.owner.test_key, log, source=program.folder / "site") as session:
        items = [{"listing_id": listing.id}]
        assert session.call("place_order", items=items, customer={"email": "ada@shop.example"})["status"] == "received"


def test_every_vector_is_verified(program: InstalledPackage) -> None:
    package_trial.check_vectors(program)


def test_the_types_of_the_package_accept_the_program(program: InstalledPackage) -> None:
    command = ["-m", "mypy", "--strict", "--config-file=", "--cache-dir=mypy", "--python-version=3.10", PROGRAM.name]
    program.run(command, MYPYPATH=str(program.folder / "site"))


@pytest.mark.parametrize("path", sorted(SOURCE.rglob("*.py")), ids=lambda path: path.name)
def test_the_oldest_supported_python_reads_every_module(path: Path) -> None:
    tree = ast.parse(path.read_text(), feature_version=OLDEST_PYTHON)
    assert f'requires-python = ">={OLDEST_PYTHON[0]}.{OLDEST_PYTHON[1]}"' in (SOURCE / "pyproject.toml").read_text()
    future = [node.module for node in tree.body if isinstance(node, ast.ImportFrom)]
    assert "__future__" in future or "|" not in ast.unparse(tree), "unions need postponed annotations"
