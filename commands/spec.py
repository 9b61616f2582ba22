"""`wth spec`: prints the OpenAPI document."""

import click
import orjson

from commands.output import CommandOutput, HubCommand, example
from spec.document import serialize_document


@click.command(cls=HubCommand, epilog=example("wth spec > openapi.json"))
def spec() -> CommandOutput:
    """Print the OpenAPI document as this hub serves it."""
    document = orjson.loads(serialize_document())
    return CommandOutput(document, orjson.dumps(document, option=orjson.OPT_INDENT_2).decode())
