"""`wth trigger`: causes an event in the sandbox, over the HTTP API."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, get_args

import click

from watchtraderhub import models
from watchtraderhub_cli.api import render_response
from watchtraderhub_cli.connection import ApiCommand, HubAccess, hub_options
from watchtraderhub_cli.output import CommandOutput, example
from watchtraderhub_cli.tables import render_table

EVENT_TYPES: tuple[str, ...] = get_args(models.WebhookEventType)
Field = tuple[list[str], Any]  # the names of its levels, and its value
HEADER = ("SEQUENCE", "EVENT", "RESOURCE", "ORIGIN", "ID")


def _parse_fields(ctx: click.Context, param: click.Parameter, values: Sequence[str]) -> list[Field]:
    """Parse fields such as `customer.email=ada@example.com`; a value is JSON, or else text."""
    fields = []
    for text in values:
        path, separator, value = text.partition("=")
        names = path.split(".")
        if not separator or not all(names):
            message = f"Invalid field {text!r}. Write it like note=Gift or customer.email=ada@example.com."
            raise click.BadParameter(message, ctx, param)
        fields.append((names, _parse_value(value)))
    return fields


def _parse_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


@click.command(cls=ApiCommand, epilog=example("wth trigger order.received --set customer.email=ada@example.com"))
@click.argument("event_type", metavar="TYPE", type=click.Choice(EVENT_TYPES))
@click.option(
    "--set",
    "fields",
    callback=_parse_fields,
    multiple=True,
    metavar="KEY=VALUE",
    help="Field of the action, such as note=Gift, with a dot for each level. May be repeated.",
)
@hub_options
def trigger(event_type: str, fields: Sequence[Field], hub: HubAccess) -> CommandOutput:
    """Trigger an event in the sandbox.

    The hub performs the real action with a test key, so the event is a real one. The API reference has the fields of
    each TYPE under POST /test/events.
    """
    body = json.dumps({"type": event_type, "data": _build_data(fields)}).encode()
    with hub.connect() as client:
        response = client.request("POST", "/test/events", body)
    if not response.is_success:
        return render_response(response)
    rows = [_row(event) for event in response.parse()["data"]]
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
