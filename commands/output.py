"""What the hub's commands share: an answer for people or as JSON, exit statuses, the database around them."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import click
import orjson

from errors import Refusal
from models import schema
from models.database import connection

AS_JSON = "commands.output.as_json"
WRONG_USAGE = 2

log = logging.getLogger("wth.commands")


@dataclass(frozen=True)
class CommandOutput:
    """`document` is what --json prints, `text` what people read, whole or by lines.

    A `failure` is one sentence and means exit status 1.
    """

    document: Any
    text: str | Iterable[str]
    failure: str | None = None


class HubCommand(click.Command):
    """A command whose function returns an Answer or raises a Refusal.

    It has --json, and a database connection unless it `needs_database` not. Exit status: 0 done, 1 refused with the
    reason on standard error (with --json on standard output), 2 wrong usage.
    """

    def __init__(self, *arguments: Any, needs_database: bool = True, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.needs_database = needs_database
        self.params.append(
            click.Option(["--json"], is_flag=True, expose_value=False, help="Print one JSON document, nothing else.")
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[AS_JSON] = "--json" in args  # known before anything can be wrong with the other arguments
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            self._say_usage_error(ctx, error)
            raise

    def invoke(self, ctx: click.Context) -> None:
        try:
            failure = self._say_answer(ctx)
        except click.UsageError as error:
            self._say_usage_error(ctx, error)
            raise
        except Refusal as refusal:
            failure = _say(ctx, _refused(refusal))
        except (click.exceptions.Exit, click.Abort, click.ClickException, BrokenPipeError):
            raise
        except Exception:
            log.exception("`%s` failed.", ctx.command_path)
            failure = _say(ctx, _refused(Refusal("internal_error", "Something went wrong; the log above says where.")))
        if failure:
            ctx.exit(1)

    def _say_answer(self, ctx: click.Context) -> str | None:
        """Inside the connection, for long texts are read from the database while they are written."""
        if not self.needs_database:
            return _say(ctx, super().invoke(ctx))
        with connection():
            refuse_outdated()
            return _say(ctx, super().invoke(ctx))

    def _say_usage_error(self, ctx: click.Context, error: click.UsageError) -> None:
        if ctx.meta[AS_JSON] and not isinstance(error, click.exceptions.NoArgsIsHelpError):
            _say(ctx, _refused(Refusal("wrong_usage", error.format_message())))
            ctx.exit(WRONG_USAGE)


class HubGroup(click.Group):
    """Commands that belong to one noun."""

    command_class = HubCommand


def example(line: str) -> str:
    """An epilog that click shows as it is written, for copying."""
    return f"\b\nExample: {line}"


def refuse_outdated() -> None:
    """Raises `migrations_pending`."""
    if schema.list_pending():
        raise Refusal("migrations_pending", "The database is not up to date; run `wth migrate`.")


def _refused(refusal: Refusal) -> CommandOutput:
    if refusal.__cause__ is not None:
        log.warning("%s: %s", refusal.code, refusal.__cause__)
    said = {"code": refusal.code, "message": refusal.message, "param": refusal.param}
    return CommandOutput({"error": said}, "", refusal.message)


def _say(ctx: click.Context, answer: CommandOutput) -> str | None:
    if ctx.meta[AS_JSON]:
        click.echo(orjson.dumps(answer.document, option=orjson.OPT_INDENT_2))
        return answer.failure
    if answer.text:
        _print(answer.text)
    if answer.failure:
        click.echo(answer.failure, err=True)
    return answer.failure


def _print(text: str | Iterable[str]) -> None:
    if isinstance(text, str):
        click.echo(text)
        return
    for line in text:
        click.echo(line, nl=not line.endswith("\n"))
