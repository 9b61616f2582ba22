"""`wth listing`: changes a watch, as its dealer would in the dashboard."""

from collections.abc import Callable
from typing import Any

import click

from commands.database import HubGroup
from commands.output import CommandOutput, example
from commands.tables import format_value
from inventory.cell_parser import parse_cell
from inventory.fields import FIELDS
from models.dealer import Actor
from models.listing import Listing
from models.listing_import import to_columns
from spec.document import limits
from tasks.wake_up import wake_worker

ID = "inv_4RtdkXwqqpDEqzcyMCvL3nZ7"
EXAMPLE = example(f"wth listing update {ID} asking_price_eur=14900 condition='very good'")

id_argument = click.argument("listing_id", metavar="ID")


class Assignment(click.ParamType[dict[str, Any]]):
    """`field=value`, as columns of a listing. An empty value clears the field."""

    name = "field=value"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        field, equals, cell = str(value).partition("=")
        if not equals or field not in FIELDS:
            self.fail(f"Unknown field {field!r}. Write field=value with one of: {', '.join(FIELDS)}.", param, ctx)
        try:
            return to_columns(parse_cell(field, cell)) or _clear(field)
        except ValueError as error:
            self.fail(f"{field}: {error}", param, ctx)


@click.group(cls=HubGroup, epilog=EXAMPLE)
def listing() -> None:
    """Publish, sell or update a watch."""


@listing.command(epilog=example(f"wth listing publish {ID}"))
@id_argument
def publish(listing_id: str) -> CommandOutput:
    """Publish a watch on the custom channel."""
    return _apply(listing_id, Listing.publish)


@listing.command(epilog=example(f"wth listing unpublish {ID}"))
@id_argument
def unpublish(listing_id: str) -> CommandOutput:
    """Unpublish a watch from the custom channel."""
    return _apply(listing_id, Listing.unpublish)


@listing.command(epilog=example(f"wth listing sell {ID}"))
@id_argument
def sell(listing_id: str) -> CommandOutput:
    """Mark a watch as sold."""
    return _apply(listing_id, Listing.sell)


@listing.command(epilog=example(f"wth listing restock {ID}"))
@id_argument
def restock(listing_id: str) -> CommandOutput:
    """Return a sold watch to stock."""
    return _apply(listing_id, Listing.restock)


@listing.command(epilog=EXAMPLE)
@id_argument
@click.argument("assignments", metavar="FIELD=VALUE...", type=Assignment(), nargs=-1, required=True)
def update(listing_id: str, assignments: tuple[dict[str, Any], ...]) -> CommandOutput:
    """Update fields, named as in inventory files. `field=` clears a field."""
    values = {name: value for assignment in assignments for name, value in assignment.items()}
    return _apply(listing_id, lambda row, actor: row.change(actor, values))


def _apply(listing_id: str, change: Callable[[Listing, Actor], Listing]) -> CommandOutput:
    row = Listing.find_unscoped(listing_id)
    changed = change(row, Actor(row.dealer, row.is_test, "dashboard"))
    wake_worker(row.dealer.id)
    channel = "published" if changed.is_published else "not published"
    return CommandOutput(
        changed.to_dict(), f"{changed.id}  {format_value(changed.title)}: {changed.status}, {channel}."
    )


def _clear(field: str) -> dict[str, Any]:
    """Return the empty value of a field. Raises ValueError if the spec requires one."""
    if field == "box_and_papers":
        return {"has_box": None, "has_papers": None}
    column = field.replace("_eur", "_cents")
    try:
        allowed = limits("Listing", field)
    except KeyError:  # the API does not have the dealer's private fields, and they are optional
        return {column: None}
    if allowed.items is None and not allowed.is_nullable:
        raise ValueError("Must not be empty.")
    return {column: None if allowed.items is None else []}
