"""The example shop on Flask, installed and used with the commands of its page."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import config
from tests.cast import Cast
from tests.client import Client
from tests.docs.reading import BLOCK
from tests.hub import Server
from tests.journeys.processes import end, free_port
from tests.mirror.killed_shop import SOURCES
from tests.mirror.small_shop import ShopDatabase

SHOP = config.ROOT / "examples" / "flask_shop"
INSTALL, START, USE = (found["text"] for found in BLOCK.finditer((SHOP / "README.md").read_text()))
MAX_LINES = 200


class Terminal:
    """Runs commands of the page, with the values that the page leaves open."""

    def __init__(self, values: dict[str, str]) -> None:
        self._values = values

    def fill_in(self, text: str) -> str:
        for placeholder, value in self._values.items():
            assert placeholder in START + USE
            text = text.replace(placeholder, value)
        return text

    def start(self, text: str) -> "subprocess.Popen[bytes]":
        command = ["bash", "-euc", self.fill_in(text).replace("shop.py", str(SHOP / "shop.py"))]
        environment = {**os.environ, "PYTHONPATH": SOURCES}
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, start_new_session=True)
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.stdout.close()
        return process

    def run(self, text: str) -> list[Any]:
        """Run curl commands; return the documents that they print."""
        command = ["bash", "-euc", self.fill_in(text)]
        output = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
        return [json.loads(line) for line in output.replace("}\n]", "}]").splitlines() if line.strip()]


@pytest.fixture
def terminal(server: Server, cast: Cast, api: Client, tmp_path: Path) -> Iterator[Terminal]:
    """A terminal while the shop runs; the page's watch is the newest of two."""
    cast.owner.listings(2)
    port, database = free_port(), ShopDatabase(tmp_path, tables=())
    _, secret = cast.owner.endpoint(f"http://127.0.0.1:{port}/webhooks")
    terminal = Terminal(
        {
            "http://localhost:8080": server.site,
            "http://localhost:5000": f"http://127.0.0.1:{port}",
            "PORT=5000": f"PORT={port}",
            "wth_…": cast.owner.test_key,
            "whsec_…": secret,
            "SHOP_DATABASE=shop.db": f"SHOP_DATABASE='{database.address}'",
            ".venv/bin/python": sys.executable,
            "inv_…": api.list_all("/listings")[0]["id"],
        }
    )
    process = terminal.start(START)
    yield terminal
    end(process)
    database.drop()


def test_shop_mirrors_sells_and_follows_the_order(
    terminal: Terminal, cast: Cast, api: Client, deliver: Callable[[], None]
) -> None:
    before = in_stock(api)
    watches, placed, pending = terminal.run(USE)
    assert {row["id"]: float(row["price"]) for row in watches} == before
    assert (placed, pending["status"]) == ({"id": "order-1"}, "pending")
    deliver()
    watches, placed, received = terminal.run(USE)  # the form is sent again
    assert {row["id"]: float(row["price"]) for row in watches} == in_stock(api) != before
    assert (placed, received["status"]) == ({"id": "order-1"}, "received")
    assert [row["external_id"] for row in api.list_all("/orders")] == ["order-1"]
    _, late, sold_out = terminal.run(USE.replace("order-1", "order-2"))
    assert (late, sold_out["status"]) == ({"error": "This watch has been sold."}, "sold_out")


def test_command_installs_the_tested_versions() -> None:
    """pip without an index succeeds only if this environment has the versions of the file."""
    *_, requirements = INSTALL.split()
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--dry-run", "-r", str(SHOP / requirements)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert "Would install" not in done.stdout


def test_shop_is_short() -> None:
    assert len((SHOP / "shop.py").read_text().splitlines()) < MAX_LINES


def in_stock(api: Client) -> dict[str, float]:
    return {row["id"]: row["asking_price_eur"] for row in api.list_all("/listings", status="in_stock")}
