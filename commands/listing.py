"""`wth listing`: one watch, changed as its dealer would in the dashboard."""

from collections.abc import Callable
from typing import Any

import click

from commands.output import CommandOutput, HubGroup, example
from commands.tables import shown
from inventory.cell_parser import parse_cell
from inventory.columns import FIELDS
from models.dealer import Actor
from models.listing import Listing
from models.listing_import import to_columns
from tasks.wake_up import wake_worker

ID = "inv_4RtdkXwqqpDEqzcyMCvL3nZ7"
EXAMPLE = example(f"wth listing update {ID} asking_price_eur=14900 condition='very good'")
NEVER_EMPTY = ("brand", "model", "title", "asking_price_eur", "vat_regime")
LISTS = ("complications", "photos")

id_argument = click.argument("listing_id", metavar="ID")


class Assignment(click.ParamType[dict[str, Any]]):
    """`field=value` as columns of a listing; an empty value clears the field."""

    name = "field=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        field, equals, cell = str(value).partition("=")
        if not equals or field not in FIELDS:
            self.fail(f"{field!r} is no field; write field=value with one of {', '.join(FIELDS)}.", param, ctx)
        try:
            return to_columns(parse_cell(field, cell)) or _cleared(field)
        except ValueError as reason:
            self.fail(f"{field}: {reason}", param, ctx)


@click.group(cls=HubGroup, epilog=EXAMPLE)
def listing() -> None:
    """One watch: on the channel, sold, its fields."""


@listing.command(epilog=example(f"wth listing publish {ID}"))
@id_argument
def publish(listing_id: str) -> CommandOutput:
    """Put a watch on the custom channel."""
    return _changed(listing_id, Listing.publish)


@listing.command(epilog=example(f"wth listing unpublish {ID}"))
@id_argument
def unpublish(listing_id: str) -> CommandOutput:
    """Take a watch off the custom channel."""
    return _changed(listing_id, Listing.unpublish)


@listing.command(epilog=example(f"wth listing sell {ID}"))
@id_argument
def sell(listing_id: str) -> CommandOutput:
    """Mark a watch sold by hand."""
    return _changed(listing_id, Listing.sell)


@listing.command(epilog=example(f"wth listing restock {ID}"))
@id_argument
def restock(listing_id: str) -> CommandOutput:
    """Return a sold watch to stock."""
    return _changed(listing_id, Listing.restock)


@listing.command(epilog=EXAMPLE)
@id_argument
@click.argument("assignments", metavar="FIELD=VALUE...", type=Assignment(), nargs=-1, required=True)
def update(listing_id: str, assignments: tuple[dict[str, Any], ...]) -> CommandOutput:
    """Change fields, spelled as in inventory files; `field=` clears one."""
    values = {name: value for assignment in assignments for name, value in assignment.items()}
    return _changed(listing_id, lambda row, actor: row.change(actor, values))


def _changed(listing_id: str, verb: Callable[[Listing, Actor], Listing]) -> CommandOutput:
    found = Listing.find_unscoped(listing_id)
    changed = verb(found, Actor(found.dealer, found.is_test, "dashboard"))
    wake_worker(found.dealer.id)
    channel = "published" if changed.is_published else "not published"
    return CommandOutput(changed.to_dict(), f"{changed.id}  {shown(changed.title)}: {changed.status}, {channel}.")


def _cleared(field: str) -> dict[str, Any]:
    if field in NEVER_EMPTY:
        raise ValueError("This cannot be empty.")
    if field == "box_and_papers":
        return {"has_box": None, "has_papers": None}
    return {field.replace("_eur", "_cents"): [] if field in LISTS else None}
