"""Base class of commands, which prints output as text or JSON.

It imports no server code, so that commands without a database start fast.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click
import orjson

from errors import Refusal

AS_JSON = "commands.output.as_json"
USAGE_ERROR_STATUS = 2
INTERNAL_ERROR = "An unexpected error occurred. See the traceback in the log above."

log = logging.getLogger("wth.commands")


@dataclass(frozen=True)
class CommandOutput:
    """Result of a command.

    `document`, or what it returns if it is a function, is printed with --json, `text` (whole or by lines) without it.
    `failure` is one sentence for standard error and means exit status 1.
    """

    document: Any
    text: str | Iterable[str]
    failure: str | None = None


class HubCommand(click.Command):
    """Command whose function returns a CommandOutput or raises a Refusal.

    Adds --json. Exit status: 0 success, 1 error (its message on standard error, or with --json on standard output),
    2 invalid usage.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params.append(
            click.Option(["--json"], is_flag=True, expose_value=False, help="Print one JSON document and nothing else.")
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[AS_JSON] = "--json" in args  # before parsing, which may fail on another argument
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            self._print_usage_error(ctx, error)
            raise

    def invoke(self, ctx: click.Context) -> None:
        try:
            failure = self.run(ctx)
        except click.UsageError as error:
            self._print_usage_error(ctx, error)
            raise
        except Refusal as refusal:
            failure = _print_output(ctx, _error_output(refusal))
        except (click.exceptions.Exit, click.Abort, click.ClickException, BrokenPipeError):
            raise
        except Exception:
            log.exception("Command failed: `%s`.", ctx.command_path)
            failure = _print_output(ctx, _error_output(Refusal("internal_error", INTERNAL_ERROR)))
        if failure:
            ctx.exit(1)

    def run(self, ctx: click.Context) -> str | None:
        """Call the function and print its output. Returns the failure, if there is one."""
        return _print_output(ctx, super().invoke(ctx))

    def _print_usage_error(self, ctx: click.Context, error: click.UsageError) -> None:
        if ctx.meta[AS_JSON] and not isinstance(error, click.exceptions.NoArgsIsHelpError):
            _print_output(ctx, _error_output(Refusal("wrong_usage", error.format_message())))
            ctx.exit(USAGE_ERROR_STATUS)


def example(line: str) -> str:
    """Return an epilog that click does not rewrap, so that the line can be copied."""
    return f"\b\nExample: {line}"


def _error_output(refusal: Refusal) -> CommandOutput:
    message = refusal.reason
    if refusal.__cause__ is not None and message == refusal.message:
        log.warning("%s: %s", refusal.code, refusal.__cause__)
    error = {"code": refusal.code, "message": message, "param": refusal.param}
    return CommandOutput({"error": error}, "", message)


def _print_output(ctx: click.Context, output: CommandOutput) -> str | None:
    """Print as JSON or as text. Returns the failure, if there is one."""
    if ctx.meta[AS_JSON]:
        document = output.document() if callable(output.document) else output.document
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
        return output.failure
    if output.text:
        _print_text(output.text)
    if output.failure:
        click.echo(output.failure, err=True)
    return output.failure


def _print_text(text: str | Iterable[str]) -> None:
    if isinstance(text, str):
        click.echo(text)
        return
    for line in text:
        click.echo(line, nl=not line.endswith("\n"))
