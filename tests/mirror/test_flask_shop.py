"""The example shop on Flask, installed and used with the commands of its page."""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import config
from tests.cast import Cast
from tests.client import Client
from tests.docs.reading import BLOCK
from tests.hub import Server
from tests.journeys.processes import end
from tests.mirror.small_shop import ShopDatabase
from tests.ports import free_port

SHOP = config.ROOT / "examples" / "flask_shop"
INSTALL, START, USE = (found["text"] for found in BLOCK.finditer((SHOP / "README.md").read_text()))
MAX_LINES = 200


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop in a copy of the repository, installed with the page's commands."""
    root = tmp_path_factory.mktemp("repository")
    for name in ("clients/python", "examples/flask_shop"):
        shutil.copytree(config.ROOT / name, root / name)
    command = ["bash", "-euc", INSTALL]
    done = subprocess.run(command, cwd=root / "examples/flask_shop", capture_output=True, text=True, timeout=300)
    if done.returncode:
        pytest.skip(f"pip could not install the shop: {done.stderr[-500:]}")
    return root / "examples/flask_shop"


class Terminal:
    """Runs commands of the page, with the values that the page leaves open."""

    def __init__(self, folder: Path, values: dict[str, str]) -> None:
        self._folder, self._values = folder, values

    def start(self) -> "subprocess.Popen[bytes]":
        command = ["bash", "-euc", self._fill_in(START)]
        process = subprocess.Popen(command, cwd=self._folder, stdout=subprocess.PIPE, start_new_session=True)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.stdout.close()
        return process

    def use(self, order: str = "order-1") -> list[Any]:
        """Run the curl commands; return the documents that they print."""
        command = ["bash", "-euc", self._fill_in(USE.replace("order-1", order))]
        output = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
        return [json.loads(line) for line in output.splitlines()]

    def _fill_in(self, text: str) -> str:
        for placeholder, value in self._values.items():
            assert placeholder in START + USE
            text = text.replace(placeholder, value)
        return text


@pytest.fixture
def terminal(folder: Path, server: Server, cast: Cast, api: Client, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal while the shop runs; the page's watch is the newest of two."""
    cast.owner.listings(2)
    port, database = free_port(), ShopDatabase(tmp_path, tables=())
    _, secret = cast.owner.endpoint(f"http://127.0.0.1:{port}/webhooks")
    terminal = Terminal(
        folder,
        {
            "http://localhost:8080": server.site,
            "http://localhost:5000": f"http://127.0.0.1:{port}",
            "PORT=5000": f"PORT={port}",
            "wth_…": cast.owner.test_key,
            "whsec_…": secret,
            "SHOP_DATABASE=shop.db": f"SHOP_DATABASE='{database.address}'",
            "inv_…": api.list_all("/listings")[0]["id"],
        },
    )
    process = terminal.start()
    yield terminal
    end(process)
    database.drop()


def test_shop_mirrors_sells_and_follows_the_order(
    terminal: Terminal, cast: Cast, api: Client, deliver: Callable[[], None]
) -> None:
    before = in_stock(api)
    watches, placed, pending = terminal.use()
    assert {row["id"]: float(row["price"]) for row in watches} == before
    assert (placed, pending["status"]) == ({"id": "order-1"}, "pending")
    deliver()
    watches, placed, received = terminal.use()  # the form is sent again
    assert {row["id"]: float(row["price"]) for row in watches} == in_stock(api) != before
    assert (placed, received["status"]) == ({"id": "order-1"}, "received")
    assert [row["external_id"] for row in api.list_all("/orders")] == ["order-1"]
    _, late, sold_out = terminal.use("order-2")
    assert (late, sold_out["status"]) == ({"error": "This watch has been sold."}, "sold_out")


def test_page_installs_the_versions_that_other_tests_use() -> None:
    pins = dict(line.split("==") for line in (SHOP / "requirements.txt").read_text().splitlines())
    assert {name: version(name.partition("[")[0]) for name in pins} == pins


def test_shop_is_short() -> None:
    assert len((SHOP / "shop.py").read_text().splitlines()) < MAX_LINES


def in_stock(api: Client) -> dict[str, float]:
    return {row["id"]: row["asking_price_eur"] for row in api.list_all("/listings", status="in_stock")}
