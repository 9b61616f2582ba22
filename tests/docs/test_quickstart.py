"""The quickstart, command by command, as a newcomer runs it: a hub of its own with its demo, then every language."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
import requests

import config
from tests.docs.listener_terminal import ListenerTerminal
from tests.docs.reading import blocks, code
from tests.ports import two_free_ports

PAGE = "quickstart"
LOCAL_PORT = "8080"


@dataclass
class Demo:
    """A running `wth serve --demo`, and where it listens."""

    port: int
    notebook: dict[str, str]

    @property
    def variables(self) -> dict[str, str]:
        """The variables that step 2 exports, with this hub's port and key."""
        exports = next(block.text for block in blocks(PAGE) if "export WTH_API_KEY" in block.text)
        named = dict(line.removeprefix("export ").split("=", 1) for line in exports.splitlines())
        hub = named["HUB"].replace(LOCAL_PORT, str(self.port))
        return {**os.environ, "WTH_API_KEY": self.notebook["test_key"], "HUB": hub}

    @property
    def pings(self) -> int:
        inbox = requests.get(f"http://127.0.0.1:{self.port + 1}/", timeout=10).json()["data"]
        assert all(row["is_valid"] for row in inbox)
        return sum(row["event"] == "integration.test_event" for row in inbox)

    def wait_for_pings(self, count: int) -> None:
        deadline = time.monotonic() + 20
        while self.pings < count and time.monotonic() < deadline:
            time.sleep(0.1)
        assert self.pings >= count


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Started with the very command of the page, on a free port and in a folder of its own."""
    folder, port = tmp_path_factory.mktemp("demo"), two_free_ports()
    command = next(line for line in _lines("make setup") if "serve" in line)
    program, *arguments = command.split()
    assert program == ".venv/bin/wth"
    with (folder / "stderr.txt").open("w") as errors:
        process = subprocess.Popen(
            [str(Path(sys.executable).with_name("wth")), *arguments],
            cwd=config.ROOT,
            env=_environment(WTH_DATA_DIR=str(folder), WTH_PORT=str(port)),
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
    try:
        _wait_until_up(process, port, folder)
        yield Demo(port, orjson.loads((folder / "demo.json").read_bytes()))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
    assert " INFO " not in (folder / "stderr.txt").read_text(), "the terminal shows webhooks, not requests"


def test_setup_target_of_the_first_command_exists() -> None:
    command = next(line for line in _lines("make setup") if line.startswith("make"))
    assert (
        subprocess.run([*command.split(), "--dry-run"], cwd=config.ROOT, capture_output=True, check=False).returncode
        == 0
    )


def test_every_step_has_the_same_languages() -> None:
    tabs = [block.tab for block in blocks(PAGE) if block.tab]
    assert tabs == ["curl", "Python", "JavaScript"] * (len(tabs) // 3)
    assert len(tabs) >= 18


def test_no_command_is_left_out() -> None:
    untabbed = [block.text for block in blocks(PAGE) if block.tab is None and block.language == "bash"]
    assert len(untabbed) == 6
    assert "wth serve --demo" in untabbed[0]
    assert "export WTH_API_KEY" in untabbed[1]
    assert [text.split()[0] for text in untabbed[2:]] == ["python3", "python3", "wth", "wth"]  # the next test runs them


def test_five_minutes_from_the_key_to_a_verified_local_handler(demo: Demo, tmp_path: Path) -> None:
    started_at = time.monotonic()
    terminal = ListenerTerminal(tmp_path, demo.variables, demo.port)
    setup, handler, listen, trigger = terminal.read_commands()
    terminal.export(setup)
    with terminal.start(handler) as handled:
        terminal.wait_for_handler()
        with terminal.start(listen) as listened:
            terminal.wait_for_text(listened, "Ready.")
            assert "order.received" in terminal.run(trigger)
            terminal.wait_for_text(handled, "verified order.received")
            terminal.wait_for_text(listened, "-> 204 (")
    assert time.monotonic() - started_at < 300


def test_curl_commands_do_what_the_page_says(demo: Demo) -> None:
    before = demo.pings
    output = _run(["bash", "-euo", "pipefail", "-c", code(PAGE, "curl")], demo)
    assert '"mode":"test"' in output
    assert '"status":"received"' in output
    assert "idempotent-replay: true" in output.lower()
    assert '"code":"listing_not_available"' in output
    assert '"event":"order.received"' in output
    assert '"event":"integration.test_event"' in output
    demo.wait_for_pings(before + 1)


def test_python_code_does_what_the_page_says(demo: Demo) -> None:
    before = demo.pings
    _, *lines = _run([sys.executable, "-c", code(PAGE, "Python")], demo).splitlines()
    _assert_printed_workflow(lines, "True")
    demo.wait_for_pings(before + 1)


def test_javascript_code_does_what_the_page_says(demo: Demo) -> None:
    if shutil.which("node") is None:
        pytest.skip("node is not on this machine, so the JavaScript of the quickstart was not run")
    before = demo.pings
    output = _run(["node", "--input-type=module", "--eval", code(PAGE, "JavaScript")], demo)
    _assert_printed_workflow(output.splitlines(), "true")
    demo.wait_for_pings(before + 1)


def _assert_printed_workflow(lines: list[str], yes: str) -> None:
    created, repeated, rejected, events, ping = lines[-5:]
    assert (created.split()[0], created.split()[2]) == ("201", "received")
    assert repeated == f"true {yes}"
    assert rejected == "409 listing_not_available"
    assert "order.received" in events
    assert ping == "201 integration.test_event"


def _run(command: list[str], demo: Demo) -> str:
    done = subprocess.run(command, env=demo.variables, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _lines(start: str) -> list[str]:
    return next(block.text for block in blocks(PAGE) if block.text.startswith(start)).splitlines()


def _environment(**settings: Any) -> dict[str, str]:
    """The machine's, without this test session's own hub."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("WTH_")}
    return {**clean, **settings}


def _wait_until_up(process: "subprocess.Popen[bytes]", port: int, folder: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, (folder / "stderr.txt").read_text()
        try:
            requests.get(f"http://127.0.0.1:{port}/api/v1/health", timeout=5).raise_for_status()
            requests.get(f"http://127.0.0.1:{port + 1}/", timeout=5).raise_for_status()
        except requests.RequestException:
            time.sleep(0.2)
        else:
            return
    raise AssertionError((folder / "stderr.txt").read_text())
