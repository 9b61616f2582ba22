"""Base class of commands, which prints output as text or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click

AS_JSON = "watchtraderhub.as_json"
USAGE_ERROR_STATUS = 2
NO_ARGUMENTS: Any = getattr(click.exceptions, "NoArgsIsHelpError", ())  # since click 8.2; Python 3.9 has 8.1


@dataclass(frozen=True)
class CommandOutput:
    """Result of a command.

    `document`, or what it returns if it is a function, is printed with --json, `text` (whole or by lines) without it.
    `failure` is one sentence for standard error and means exit status 1.
    """

    document: Any
    text: str | Iterable[str]
    failure: str | None = None


class JsonCommand(click.Command):
    """Command whose function returns a CommandOutput.

    Adds --json. Exit status: 0 success, 1 error (its message on standard error, or with --json on standard output),
    2 invalid usage.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.params.append(
            click.Option(["--json"], is_flag=True, expose_value=False, help="Print one JSON document and nothing else.")
        )

    def serialize(self, document: Any) -> str | bytes:
        """Serialize a document with an indent."""
        return json.dumps(document, ensure_ascii=False, indent=2)

    def describe(self, ctx: click.Context, error: Exception) -> CommandOutput | None:
        """Return the output of a failed command; None for an error that it does not know, such as a bug."""
        return None

    def run(self, ctx: click.Context) -> str | None:
        """Call the function and print its output. Returns the failure, if there is one."""
        return self.print_output(ctx, super().invoke(ctx))

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
        except (click.exceptions.Exit, click.Abort, click.ClickException, BrokenPipeError):
            raise
        except Exception as error:
            output = self.describe(ctx, error)
            if output is None:
                raise
            failure = self.print_output(ctx, output)
        if failure:
            ctx.exit(1)

    def print_output(self, ctx: click.Context, output: CommandOutput) -> str | None:
        """Print as JSON or as text. Returns the failure, if there is one."""
        if ctx.meta[AS_JSON]:
            document = output.document() if callable(output.document) else output.document
            click.echo(self.serialize(document))
            return output.failure
        if output.text:
            _print_text(output.text)
        if output.failure:
            click.echo(output.failure, err=True)
        return output.failure

    def _print_usage_error(self, ctx: click.Context, error: click.UsageError) -> None:
        if ctx.meta[AS_JSON] and not isinstance(error, NO_ARGUMENTS):
            self.print_output(ctx, describe_error("wrong_usage", error.format_message()))
            ctx.exit(USAGE_ERROR_STATUS)


def describe_error(code: str, message: str, param: str | None = None) -> CommandOutput:
    """Return the output of an error: one sentence, or the document of --json."""
    return CommandOutput({"error": {"code": code, "message": message, "param": param}}, "", message)


def example(line: str) -> str:
    """Return an epilog that click does not rewrap, so that the line can be copied."""
    return f"\b\nExample: {line}"


def _print_text(text: str | Iterable[str]) -> None:
    if isinstance(text, str):
        click.echo(text)
        return
    for line in text:
        click.echo(line, nl=not line.endswith("\n"))
