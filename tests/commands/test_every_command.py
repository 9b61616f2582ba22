"""What holds for all commands: help with an example that can be run, JSON on request, exit statuses."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli import wth as root
from commands.output import CommandOutput, HubCommand
from tests.commands.conftest import Wth

PROCESSES = {"wth serve", "wth web", "wth worker"}


def commands(group: click.Group, path: str = "wth") -> Iterator[tuple[str, click.Command]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}")
        elif not command.hidden:
            yield f"{path} {name}", command


COMMANDS = dict(commands(root))


@pytest.mark.parametrize("path", COMMANDS)
def test_help_shows_an_example_of_that_command_which_parses(
    path: str, wth: Wth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "watches.csv").write_bytes(b"brand,model,price\n")
    shown = wth(*path.split()[1:], "--help").stdout
    [line] = [line for line in shown.splitlines() if "Example: " in line]
    words = shlex.split(line.split("Example: ")[1].split(" > ")[0])
    names = path.split()
    assert words[: len(names)] == names
    COMMANDS[path].make_context(path, words[len(names) :]).close()


@pytest.mark.parametrize("path", sorted(set(COMMANDS) - PROCESSES))
def test_every_command_takes_json(path: str, wth: Wth) -> None:
    assert "--json" in wth(*path.split()[1:], "--help").stdout


def test_wrong_usage_is_status_2_and_a_document_on_request(wth: Wth) -> None:
    said = wth("key", "create", "--mode", "neither")
    assert (said.status, said.stdout) == (2, "")
    assert "'neither' is not one of 'test', 'live'" in said.stderr
    assert wth("key", "create", "--mode", "neither", "--json").refusal == (2, "wrong_usage")


def test_refusal_is_status_1_with_the_reason_on_standard_error(wth: Wth) -> None:
    said = wth("listing", "publish", "inv_nobodys")
    assert (said.status, said.stdout) == (1, "")
    assert said.stderr == "There is no listing with the id 'inv_nobodys'.\n"


def test_refusal_under_json_is_one_document_on_standard_output(wth: Wth) -> None:
    said = wth("listing", "publish", "inv_nobodys", "--json")
    message = "There is no listing with the id 'inv_nobodys'."
    assert said.document == {"error": {"code": "listing_not_found", "message": message, "param": None}}
    assert (said.status, said.stderr) == (1, "")


@pytest.fixture
def faulty() -> Iterator[str]:
    """A command with a bug in it."""

    @root.command("faulty", cls=HubCommand)
    def faulty() -> CommandOutput:
        raise ZeroDivisionError("a bug")

    yield "faulty"
    del root.commands["faulty"]


def test_bug_is_status_1_with_its_trace_in_the_log_only(
    wth: Wth, faulty: str, caplog: pytest.LogCaptureFixture
) -> None:
    said = wth(faulty, "--json")
    assert said.refusal == (1, "internal_error")
    assert "ZeroDivisionError" not in said.stdout
    assert "ZeroDivisionError: a bug" in caplog.text


def test_param_of_a_refusal_is_kept(wth: Wth) -> None:
    account = ("--name", "A", "--email", "nowhere", "--password", "long enough")
    error = wth("dealer", "create", *account, "--json").document["error"]
    assert (error["code"], error["param"]) == ("validation_failed", "email")


def test_check_finds_a_running_hub_in_order_and_nothing_is_left_to_migrate(wth: Wth) -> None:
    assert wth("check", "--json").document["ok"] is True
    assert wth("migrate", "--plan", "--json").document == {"pending": []}
    assert wth("migrate").stdout == "The database was up to date.\n"
