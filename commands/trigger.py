"""`wth trigger`: causes an event in the sandbox, over the HTTP API."""

from collections.abc import Sequence
from typing import Any

import click
import orjson

from commands.api_options import api_options, call_api, render_response
from commands.output import CommandOutput, HubCommand, example
from commands.tables import render_table
from spec.document import read_document

EVENT_TYPES: tuple[str, ...] = tuple(read_document()["components"]["schemas"]["WebhookEventType"]["enum"])
Field = tuple[list[str], Any]  # the names of its levels, and its value
HEADER = ("SEQUENCE", "EVENT", "RESOURCE", "ORIGIN", "ID")


class FieldValue(click.ParamType[Field]):
    """A field and its value, such as `customer.email=ada@example.com`.

    The value is JSON, or else text.
    """

    name = "key=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Field:
        path, separator, text = str(value).partition("=")
        names = path.split(".")
        if not separator or not all(names):
            self.fail(
                f"Invalid field {value!r}. Write it like note=Gift or customer.email=ada@example.com.", param, ctx
            )
        try:
            return names, orjson.loads(text)
        except orjson.JSONDecodeError:
            return names, text


@click.command(cls=HubCommand, epilog=example("wth trigger order.received --set customer.email=ada@example.com"))
@click.argument("event_type", metavar="TYPE", type=click.Choice(EVENT_TYPES))
@click.option(
    "--set",
    "fields",
    type=FieldValue(),
    multiple=True,
    metavar="KEY=VALUE",
    help="Field of the action, such as note=Gift, with a dot for each level. May be repeated.",
)
@api_options
def trigger(event_type: str, fields: Sequence[Field], api_key: str | None, base_url: str) -> CommandOutput:
    """Trigger an event in the sandbox.

    The hub performs the real action with a test key, so the event is a real one. The API reference has the fields of
    each TYPE under POST /test/events.
    """
    body = {"type": event_type, "data": _build_data(fields)}
    response = call_api("POST", "/test/events", body, api_key=api_key, base_url=base_url)
    if response.failure:
        return render_response(response)
    rows = [_row(event) for event in response.document["data"]]
    return render_response(response, render_table(HEADER, rows, empty="No results."))


def _build_data(fields: Sequence[Field]) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for names, value in fields:
        place = data
        for name in names[:-1]:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                raise click.UsageError(f"Invalid --set: {name} has a value already, so it has no fields.")
        place[names[-1]] = value
    return data


def _row(event: dict[str, Any]) -> tuple[Any, ...]:
    return event["sequence"], event["event"], event["data"].get("id"), event["origin"], event["id"]
