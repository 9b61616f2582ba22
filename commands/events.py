"""`wth events`: the events of dealers."""

from typing import Any

import click
import orjson

from commands.arguments import dealer_option, limit_option, mode_option
from commands.database import HubGroup
from commands.dealer import find_dealer
from commands.output import CommandOutput, example
from commands.tables import render_table
from models.clock import format_rfc3339
from models.delivery.event import Event
from models.search.events import events_matching_unscoped

EXAMPLE = example("wth events list --dealer anna@uhrenhaus.example --mode live --after 41")
HEADER = ("SEQUENCE", "MODE", "EVENT", "RESOURCE", "ORIGIN", "CREATED", "ID", "DEALER")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def events() -> None:
    """List events."""


@events.command("list", epilog=EXAMPLE)
@dealer_option(required=False)
@mode_option(required=False)
@click.option(
    "--after", type=click.IntRange(0, 2**62), help="List the first events after this sequence instead of the newest."
)
@limit_option(25)
def list_events(dealer_name: str | None, mode: str | None, after: int | None, limit: int) -> CommandOutput:
    """List the newest events, or those after a sequence, in chronological order."""
    dealer = None if dealer_name is None else find_dealer(dealer_name)
    is_test = None if mode is None else mode == "test"
    rows = events_matching_unscoped(dealer, is_test=is_test, after=after, limit=limit)
    bodies = [orjson.loads(event.body) for event in rows]
    text = render_table(HEADER, [_row(event) for event in rows], empty="No results.")
    return CommandOutput({"object": "list", "data": bodies}, text)


def _row(event: Event) -> tuple[Any, ...]:
    mode = "test" if event.is_test else "live"
    subject = (event.sequence, mode, event.type, event.resource_id, event.origin)
    return (*subject, format_rfc3339(event.created_at), event.id, event.columns()["dealer"])
