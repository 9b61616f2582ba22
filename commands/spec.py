"""`wth spec` and `wth generate`: the contract document, and the files that are written from it and from the code."""

from pathlib import Path

import click
import orjson

import config
import docs.generate
from commands.output import CommandOutput, HubCommand, example
from commands.reference import cli_page, settings_page
from postman.generator import render_collection
from spec.document import read_document, serialize_document
from spec.tools import typed_dicts


@click.command(cls=HubCommand, needs_database=False, epilog=example("wth spec > openapi.json"))
def spec() -> CommandOutput:
    """Print the OpenAPI document as this hub serves it."""
    document = orjson.loads(serialize_document())
    return CommandOutput(document, orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())


@click.command(cls=HubCommand, needs_database=False, epilog=example("wth generate --check"))
@click.option("--check", is_flag=True, help="Write nothing; fail when a file is not what would be written.")
@click.pass_context
def generate(ctx: click.Context, check: bool) -> CommandOutput:
    """Write the files that are generated.

    They are made from the contract document, from the commands and from the settings.
    """
    root = ctx.find_root().command
    differing = {path: text for path, text in _texts(root).items() if _read(path) != text}
    names = [str(path.relative_to(config.ROOT)) for path in differing]
    if check:
        failure = f"Run `wth generate`; these files are not up to date: {', '.join(names)}." if names else None
        return CommandOutput({"differing": names}, "" if names else "All generated files are up to date.", failure)
    for path, text in differing.items():
        path.write_text(text)
    return CommandOutput(
        {"written": names}, "\n".join(f"{name} is written." for name in names) or "Nothing has changed."
    )


def _texts(root: click.Command) -> dict[Path, str]:
    if not isinstance(root, click.Group):
        raise TypeError("`wth generate` documents the whole of `wth`; call it from there.")
    return {
        config.ROOT / "spec" / "types.py": typed_dicts.render_types(read_document()),
        config.ROOT / "docs" / "cli.md": cli_page(root),
        config.ROOT / "docs" / "settings.md": settings_page(),
        config.ROOT / "postman" / "v1.postman.json": render_collection(read_document()),
        **docs.generate.outputs(),
    }


def _read(path: Path) -> str | None:
    return path.read_text() if path.exists() else None
