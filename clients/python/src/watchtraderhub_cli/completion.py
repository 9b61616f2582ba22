"""`wth completion`: the script that lets a shell complete commands and options."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from watchtraderhub_cli.output import CommandOutput, JsonCommand, example

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_WTH_COMPLETE"


@click.command(cls=JsonCommand, epilog=example("wth completion bash > ~/.local/share/bash-completion/completions/wth"))
@click.argument("shell", type=click.Choice(SHELLS))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> CommandOutput:
    """Print a script for shell completion.

    Bash (4.4 or newer) reads it from the folder of the example. For zsh, save it as _wth in a folder of your fpath. For
    fish, save it as ~/.config/fish/completions/wth.fish.
    """
    kind = get_completion_class(shell)
    if kind is None:
        raise click.UsageError(f"click does not support {shell}. Choose one of {', '.join(SHELLS)}.")
    script = kind(ctx.find_root().command, {}, "wth", VARIABLE).source()
    return CommandOutput({"shell": shell, "script": script}, script)
