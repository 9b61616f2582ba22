"""`wth order` fulfils and cancels orders.

The dealer does the same in the dashboard.
"""

from collections.abc import Callable

import click

from commands.arguments import Text
from commands.database import HubGroup
from commands.output import CommandOutput, example
from models.dealer import Actor
from models.order import Order
from tasks.wake_up import wake_worker

ID = "ord_4RtdkXwqqpDEqzcyMCvL3nZ7"
EXAMPLE = example(f"wth order fulfil {ID} --carrier DHL --number 00340434161094000000")

id_argument = click.argument("order_id", metavar="ID")


@click.group(cls=HubGroup, epilog=EXAMPLE)
def order() -> None:
    """Fulfil or cancel an order."""


@order.command(epilog=EXAMPLE)
@id_argument
@click.option("--carrier", type=Text("Tracking", "carrier"), help="Name of the carrier.")
@click.option("--number", type=Text("Tracking", "number"), help="Tracking number.")
@click.option("--url", type=Text("Tracking", "url"), help="URL of the tracking page.")
def fulfil(order_id: str, carrier: str | None, number: str | None, url: str | None) -> CommandOutput:
    """Mark a received order as fulfilled."""
    tracking = {"carrier": carrier, "number": number, "url": url}
    has_tracking = any(tracking.values())
    return _apply(order_id, lambda row, actor: row.fulfil(actor, tracking if has_tracking else None))


@order.command(epilog=example(f"wth order cancel {ID} --reason 'Buyer withdrew'"))
@id_argument
@click.option(
    "--reason",
    type=Text("CancelInput", "reason"),
    help="Reason for the cancellation, which the dealer's platform receives.",
)
def cancel(order_id: str, reason: str | None) -> CommandOutput:
    """Cancel a received order and return its watches to stock."""
    return _apply(order_id, lambda row, actor: row.cancel(actor, reason))


def _apply(order_id: str, change: Callable[[Order, Actor], Order]) -> CommandOutput:
    row = Order.find_unscoped(order_id)
    changed = change(row, Actor(row.dealer, row.is_test, "dashboard"))
    wake_worker(row.dealer.id)
    return CommandOutput(changed.to_dict(), f"{changed.id} is {changed.status}.")
