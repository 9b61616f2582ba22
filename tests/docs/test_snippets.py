"""The code on the other pages, run as it stands there, with only the address of the hub put in."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from models.listing import Listing
from tests.cast import Cast
from tests.client import Client
from tests.docs.reading import blocks, code
from tests.hub import Server

LOCAL = "http://localhost:8080"
TABBED = ["authentication", "idempotency", "pagination"]


class Terminal:
    """Runs code against the hub, in a folder of its own."""

    def __init__(self, server: Server, key: str, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.environment = {**os.environ, "WTH_API_KEY": key}

    def run(self, command: list[str], text: str) -> str:
        done = subprocess.run(
            [*command, text.replace(LOCAL, self.server.site)],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def bash(self, text: str) -> str:
        return self.run(["bash", "-euo", "pipefail", "-c"], text)

    def python(self, text: str) -> str:
        return self.run([sys.executable, "-c"], text)

    def node(self, text: str) -> str:
        if shutil.which("node") is None:
            pytest.skip("node is not on this machine, so the JavaScript of the pages was not run")
        return self.run(["node", "--input-type=module", "--eval"], text)


@pytest.fixture
def terminal(server: Server, cast: Cast, tmp_path: Path) -> Terminal:
    cast.owner.listings(3)
    return Terminal(server, cast.owner.test_key, tmp_path)


@pytest.mark.parametrize("page", TABBED)
def test_python_and_javascript_come_to_the_same(terminal: Terminal, page: str) -> None:
    output = terminal.python(code(page, "Python"))
    assert output in ("test", "201", "3")
    assert terminal.node(code(page, "JavaScript")) == output


def test_every_language_sends_the_same_bytes_with_the_idempotency_key(terminal: Terminal, api: Client) -> None:
    """With other bytes, the second and third would be rejected with `key_reused_with_different_body`."""
    created = json.loads(terminal.bash(code("idempotency", "curl")))
    assert (terminal.python(code("idempotency", "Python")), terminal.node(code("idempotency", "JavaScript"))) == (
        "201",
        "201",
    )
    assert [row["id"] for row in api.list_all("/customers")] == [created["id"]]


@pytest.mark.parametrize("page", TABBED)
def test_curl_commands_succeed(terminal: Terminal, page: str) -> None:
    assert '"object":' in terminal.bash(code(page, "curl"))


def test_rate_limit_command_shows_both_kinds_of_headers(terminal: Terminal) -> None:
    command = next(block.text for block in blocks("rate-limits") if block.language == "bash")
    output = terminal.bash(command).lower()
    assert "x-ratelimit-remaining: " in output
    assert '\nratelimit: "default";r=' in output


def test_mirror_on_the_page_stays_exact_through_sales_and_withdrawals(
    terminal: Terminal, cast: Cast, api: Client
) -> None:
    mirror = next(block.text for block in blocks("pagination") if block.tab is None and block.language == "python")
    assert terminal.python(mirror) == "3"
    first, second, _ = api.list_all("/listings")
    assert api.order(first["id"]).status_code == 201
    cast.owner.listings(120)
    assert terminal.python(mirror) == "122"
    withdrawn = next(row for row in api.list_all("/listings") if row["id"] == second["id"])
    Listing.get_by_id(withdrawn["id"]).unpublish(cast.owner.actor())
    assert terminal.python(mirror) == "121"
