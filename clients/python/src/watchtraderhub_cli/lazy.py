"""Commands whose modules are imported when they run.

`wth --help` and shell completion import none of them. Click's documentation calls this "lazily loading subcommands".
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click


class LazyCommand(click.Command):
    """Command at `location`, such as `watchtraderhub_cli.listen:listen`.

    `help` is the first sentence of its help, for the list of commands.
    """

    def __init__(self, name: str, location: str, help: str, *, hidden: bool = False) -> None:
        super().__init__(name, help=help, hidden=hidden)
        self.location = location

    def load(self) -> click.Command:
        """Import the module of the command."""
        module, _, attribute = self.location.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Parse the arguments with the command itself, which also runs in this context."""
        return self.load().make_context(info_name, args, parent, **extra)


def load_command(command: click.Command) -> click.Command:
    """Return the command itself, with its options and subcommands."""
    return command.load() if isinstance(command, LazyCommand) else command
