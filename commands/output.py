"""Base class of the server's commands.

It prints a Refusal as an error and logs a bug.
It imports no server code, so that commands without a database start fast.
"""

import logging
from typing import Any

import click
import orjson
from watchtraderhub_cli.output import CommandOutput, JsonCommand, describe_error, example

from errors import Refusal

__all__ = ["CommandOutput", "HubCommand", "example"]

INTERNAL_ERROR = "An unexpected error occurred. See the traceback in the log above."

log = logging.getLogger("wth.commands")


class HubCommand(JsonCommand):
    """Command whose function returns a CommandOutput or raises a Refusal."""

    def serialize(self, document: Any) -> bytes:
        return orjson.dumps(document, option=orjson.OPT_INDENT_2)

    def describe(self, ctx: click.Context, error: Exception) -> CommandOutput:
        if isinstance(error, Refusal):
            if error.__cause__ is not None and error.reason == error.message:
                log.warning("%s: %s", error.code, error.__cause__)
            return describe_error(error.code, error.reason, error.param)
        log.error("Command failed: `%s`.", ctx.command_path, exc_info=error)
        return describe_error("internal_error", INTERNAL_ERROR)
