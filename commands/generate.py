"""`wth generate`: writes the files that follow from the spec and from code."""

from pathlib import Path

import click

import config
import docs.generate
from commands.output import CommandOutput, HubCommand, example
from commands.reference import render_cli_page, render_settings_page
from postman.environment import render_environment
from postman.generator import render_collection
from spec.clients import python_package, typescript_package
from spec.document import PARSED_FILE, read_document, render_parsed_file
from spec.tools import typed_dicts

UP_TO_DATE = "All generated files are up to date."


@click.command(cls=HubCommand, epilog=example("wth generate --check"))
@click.option("--check", is_flag=True, help="Write nothing, and fail if a file is out of date.")
@click.pass_context
def generate(ctx: click.Context, check: bool) -> CommandOutput:
    """Write the generated files.

    Their sources are the OpenAPI document, the commands and the settings.
    """
    root = ctx.find_root().command
    outdated = {path: text for path, text in _render_files(root).items() if _read(path) != text}
    names = [str(path.relative_to(config.ROOT)) for path in outdated]
    if check:
        failure = f"Generated files are out of date: {', '.join(names)}. Run `wth generate`." if names else None
        return CommandOutput({"differing": names}, "" if names else UP_TO_DATE, failure)
    for path, text in outdated.items():
        path.write_text(text)
    return CommandOutput({"written": names}, "\n".join(f"Wrote {name}." for name in names) or UP_TO_DATE)


def _render_files(root: click.Command) -> dict[Path, str]:
    if not isinstance(root, click.Group):
        raise TypeError("`wth generate` must run as a subcommand of `wth`, whose commands it documents.")
    return {
        config.ROOT / "spec" / PARSED_FILE.name: render_parsed_file(),
        config.ROOT / "spec" / "types.py": typed_dicts.render_types(read_document()),
        config.ROOT / "docs" / "cli.md": render_cli_page(root),
        config.ROOT / "docs" / "settings.md": render_settings_page(),
        config.ROOT / "postman" / "v1.postman.json": render_collection(read_document()),
        config.ROOT / "postman" / "v1.postman_environment.json": render_environment(read_document()),
        **{config.ROOT / name: text for name, text in python_package.render_files(read_document()).items()},
        **{config.ROOT / name: text for name, text in typescript_package.render_files(read_document()).items()},
        **docs.generate.outputs(),
    }


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
