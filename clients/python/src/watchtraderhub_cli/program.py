"""The program `wth`: its commands, and the server's if that is installed."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from typing import Any

import click

from watchtraderhub_cli.lazy import LazyCommand
from watchtraderhub_cli.output import example

# A distribution that adds commands declares its own program here. It includes COMMANDS, and runs in place of this one.
PROGRAM_GROUP = "watchtraderhub.program"

# Each command is imported when it runs. The sentence is the first one of its help.
COMMANDS = (
    LazyCommand("listen", "watchtraderhub_cli.listen:listen", "Forward events to your machine."),
    LazyCommand("trigger", "watchtraderhub_cli.trigger:trigger", "Trigger an event in the sandbox."),
    LazyCommand("verify", "watchtraderhub_cli.verify:verify", "Check a signature and name the cause if it is invalid."),
    LazyCommand("mcp", "watchtraderhub_cli.mcp:mcp", "Serve listings and orders to a language model over MCP."),
    LazyCommand("api", "watchtraderhub_cli.api:api", "Call the HTTP API and print the response."),
    LazyCommand("login", "watchtraderhub_cli.login:login", "Save an API key and the hub's URL as a profile."),
    LazyCommand("logout", "watchtraderhub_cli.login:logout", "Delete a profile and its API key."),
    LazyCommand("profiles", "watchtraderhub_cli.login:profiles", "List the profiles of this machine."),
    LazyCommand("completion", "watchtraderhub_cli.completion:completion", "Print a script for shell completion."),
)


@click.group(epilog=example("wth listen --forward-to localhost:3000/webhooks"))
def wth() -> None:
    """Develop an integration with a WatchTraderHub."""


for _command in COMMANDS:
    wth.add_command(_command)


def main() -> None:
    """Run the program of the server if that is installed, else this one."""
    for program in _other_programs():
        program.load()()
        return
    wth(prog_name="wth")


def _other_programs() -> Any:
    if sys.version_info >= (3, 10):
        return entry_points(group=PROGRAM_GROUP)
    return entry_points().get(PROGRAM_GROUP, ())
