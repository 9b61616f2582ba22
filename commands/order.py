"""`wth order`: one order, fulfilled or cancelled as its dealer would in the dashboard."""

from collections.abc import Callable

import click

from commands.arguments import Text
from commands.output import CommandOutput, HubGroup, example
from models.dealer import Actor
from models.order import Order
from tasks.wake_up import wake_worker

ID = "ord_4RtdkXwqqpDEqzcyMCvL3nZ7"
EXAMPLE = example(f"wth order fulfil {ID} --carrier DHL --number 00340434161094000000")

id_argument = click.argument("order_id", metavar="ID")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def order() -> None:
    """One order: fulfil it, cancel it."""


@order.command(epilog=EXAMPLE)
@id_argument
@click.option("--carrier", type=Text("Tracking", "carrier"), help="Who carries the parcel.")
@click.option("--number", type=Text("Tracking", "number"), help="Tracking number.")
@click.option("--url", type=Text("Tracking", "url"), help="Page on which the parcel can be followed.")
def fulfil(order_id: str, carrier: str | None, number: str | None, url: str | None) -> CommandOutput:
    """Mark a received order fulfilled."""
    tracking = {"carrier": carrier, "number": number, "url": url}
    given = tracking if any(tracking.values()) else None
    return _changed(order_id, lambda found, actor: found.fulfil(actor, given))


@order.command(epilog=example(f"wth order cancel {ID} --reason 'Buyer withdrew'"))
@id_argument
@click.option("--reason", type=Text("CancelInput", "reason"), help="Why; the dealer's platform gets to see it.")
def cancel(order_id: str, reason: str | None) -> CommandOutput:
    """Cancel a received order; its watches return to stock."""
    return _changed(order_id, lambda found, actor: found.cancel(actor, reason))


def _changed(order_id: str, verb: Callable[[Order, Actor], Order]) -> CommandOutput:
    found = Order.find_unscoped(order_id)
    changed = verb(found, Actor(found.dealer, found.is_test, "dashboard"))
    wake_worker(found.dealer.id)
    return CommandOutput(changed.to_dict(), f"{changed.id} is {changed.status}.")
