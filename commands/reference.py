"""Generator of the reference pages.

docs/cli.md comes from the commands, and docs/settings.md from the declared settings.
"""

import inspect
from collections.abc import Iterator

import click
from watchtraderhub_cli.lazy import load_command

import config

CLI_TITLE = """# Command line

<!-- Generated from commands/; change those and run `make generate`. -->

Each command exits with status 0 on success, 1 on an error and 2 on invalid usage. It prints error messages to standard
error. With `--json`, it prints one JSON document to standard output and nothing else; an error is the document
`{"error": {"code", "message", "param"}}`.
"""
SETTINGS_TITLE = """# Settings

<!-- Generated from config/__init__.py; change that and run `make generate`. -->

Settings are environment variables, or lines of a file `.env` beside `cli.py`. The environment takes precedence. If a
value is invalid, the program exits and prints what the value must be.
"""


def render_cli_page(root: click.Group) -> str:
    """Render one section per command. Hidden commands are left out."""
    context = click.Context(root, info_name="wth")
    return CLI_TITLE + "".join(f"\n{section}\n" for section in _sections(context, root))


def render_settings_page() -> str:
    return SETTINGS_TITLE + "".join(f"\n{_setting_section(setting)}\n" for setting in config.SETTINGS)


def _sections(context: click.Context, group: click.Group) -> Iterator[str]:
    for name in sorted(group.commands):
        command = load_command(group.commands[name])
        subcontext = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _sections(subcontext, command)
        elif not command.hidden:
            yield _section(subcontext, command)


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
    """Yield each option's names and help. Hidden options have no help record."""
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and record is not None:
            yield record


def _setting_section(setting: config.Setting) -> str:
    """Describe a setting with its default.

    A default derived from other settings names them, so that the page is the same on every machine.
    """
    default = setting.default.replace(str(config.DATA_DIR), "$WTH_DATA_DIR")
    default = default.replace(f"localhost:{config.PORT}", "localhost:$WTH_PORT")
    default = f"`{default}`" if default else "empty"
    return f"## {setting.name}\n\n{setting.meaning}\n\nDefault: {default}"
