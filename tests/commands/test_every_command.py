"""All commands: an example in their help, --json and exit statuses."""

import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from watchtraderhub_cli.lazy import load_command

from cli import wth as root
from commands.output import CommandOutput, HubCommand
from tests.commands.conftest import Wth

PROCESSES = {"wth serve", "wth web", "wth worker", "wth listen", "wth mcp"}


def list_commands(group: click.Group, path: str = "wth") -> Iterator[tuple[str, click.Command]]:
    for name, listed in group.commands.items():
        command = load_command(listed)
        if isinstance(command, click.Group):
            yield from list_commands(command, f"{path} {name}")
        elif not command.hidden:
            yield f"{path} {name}", command


COMMANDS = dict(list_commands(root))


@pytest.mark.parametrize("path", COMMANDS)
def test_help_shows_an_example_that_parses(
    path: str, wth: Wth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "watches.csv").write_bytes(b"brand,model,price\n")
    help_text = wth(*path.split()[1:], "--help").stdout
    [line] = [line for line in help_text.splitlines() if "Example: " in line]
    words = shlex.split(line.split("Example: ")[1].split(" > ")[0])
    names = path.split()
    assert words[: len(names)] == names
    COMMANDS[path].make_context(path, words[len(names) :]).close()


@pytest.mark.parametrize("path", sorted(set(COMMANDS) - PROCESSES))
def test_every_command_has_json_output(path: str, wth: Wth) -> None:
    assert "--json" in wth(*path.split()[1:], "--help").stdout


def test_usage_error_exits_with_status_2_and_is_a_document_with_json(wth: Wth) -> None:
    result = wth("key", "create", "--mode", "neither")
    assert (result.status, result.stdout) == (2, "")
    assert "'neither' is not one of 'test', 'live'" in result.stderr
    assert wth("key", "create", "--mode", "neither", "--json").error == (2, "wrong_usage")


def test_refusal_exits_with_status_1_and_its_message_on_standard_error(wth: Wth) -> None:
    result = wth("listing", "publish", "inv_nobodys")
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr == "There is no listing with the ID 'inv_nobodys'.\n"


def test_refusal_with_json_is_one_document_on_standard_output(wth: Wth) -> None:
    result = wth("listing", "publish", "inv_nobodys", "--json")
    message = "There is no listing with the ID 'inv_nobodys'."
    assert result.document == {"error": {"code": "listing_not_found", "message": message, "param": None}}
    assert (result.status, result.stderr) == (1, "")


@pytest.fixture
def broken_command() -> Iterator[str]:
    """A command with a bug in it."""

    @root.command("broken", cls=HubCommand)
    def broken() -> CommandOutput:
        raise ZeroDivisionError("a bug")

    yield "broken"
    del root.commands["broken"]


def test_bug_exits_with_status_1_and_its_traceback_is_only_in_the_log(
    wth: Wth, broken_command: str, caplog: pytest.LogCaptureFixture
) -> None:
    result = wth(broken_command, "--json")
    assert result.error == (1, "internal_error")
    assert "ZeroDivisionError" not in result.stdout
    assert "ZeroDivisionError: a bug" in caplog.text


def test_error_document_has_the_param_of_a_refusal(wth: Wth) -> None:
    account = ("--name", "A", "--email", "nowhere", "--password", "long enough")
    error = wth("dealer", "create", *account, "--json").document["error"]
    assert (error["code"], error["param"]) == ("validation_failed", "email")


def test_all_checks_of_a_running_hub_pass_and_no_migration_is_pending(wth: Wth) -> None:
    assert wth("check", "--json").document["ok"] is True
    assert wth("migrate", "--plan", "--json").document == {"pending": []}
    assert wth("migrate").stdout == "The database is up to date.\n"
