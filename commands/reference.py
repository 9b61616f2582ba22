"""Writes docs/cli.md from the commands themselves, and docs/settings.md from the declared settings."""

import inspect
from collections.abc import Iterator

import click

import config

CLI_TITLE = """# Command line

<!-- Generated from commands/; change those and run `make generate`. -->

Each command ends with status 0 when it is done, 1 when it was refused (the reason is on standard error), 2 when it was
called wrongly. With `--json` a command prints one JSON document on standard output and nothing else there, refusals
too: `{"error": {"code", "message", "param"}}`.
"""
SETTINGS_TITLE = """# Settings

<!-- Generated from config/__init__.py; change that and run `make generate`. -->

Settings are environment variables, or lines of a file `.env` beside `cli.py`; the environment wins. An invalid
value ends the program with one sentence that says what it must be.
"""


def cli_page(root: click.Group) -> str:
    """A section for each command, hidden ones left out."""
    context = click.Context(root, info_name="wth")
    return CLI_TITLE + "".join(f"\n{section}\n" for section in _sections(context, root))


def settings_page() -> str:
    return SETTINGS_TITLE + "".join(f"\n{_setting(setting)}\n" for setting in config.KNOWN)


def _sections(context: click.Context, group: click.Group) -> Iterator[str]:
    for name in sorted(group.commands):
        command = group.commands[name]
        own = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _sections(own, command)
        elif not command.hidden:
            yield _section(own, command)


def _section(context: click.Context, command: click.Command) -> str:
    example = (command.epilog or "").removeprefix("\b\n").removeprefix("Example: ")
    usage = " ".join(command.collect_usage_pieces(context))
    options = "\n".join(f"- `{names}`: {meaning}" for names, meaning in _options(context, command))
    parts = [
        f"## {context.command_path}",
        inspect.cleandoc(command.help or ""),
        f"```text\n{context.command_path} {usage}\n```",
        options,
        f"```sh\n{example}\n```",
    ]
    return "\n\n".join(part for part in parts if part)


def _options(context: click.Context, command: click.Command) -> Iterator[tuple[str, str]]:
    """Names and meaning; hidden ones have no record."""
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and record is not None:
            yield record


def _setting(setting: config.Setting) -> str:
    """Defaults that are made of other settings name those, so that the page is the same everywhere."""
    default = setting.default.replace(str(config.DATA_DIR), "$WTH_DATA_DIR")
    default = default.replace(f"localhost:{config.PORT}", "localhost:$WTH_PORT")
    shown = f"`{default}`" if default else "empty"
    return f"## {setting.name}\n\n{setting.meaning}\n\nDefault: {shown}"
