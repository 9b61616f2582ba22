"""`wth customer`: erasure of personal data on request (GDPR, article 17)."""

import click

from commands.database import HubGroup
from commands.output import CommandOutput, example
from models.customer import Customer
from models.dealer import Actor
from models.erasure import erase

ID = "cus_BDcztt2vV1n3MOr9syvr9uij"


@click.group(cls=HubGroup, epilog=example(f"wth customer erase {ID} --yes"))
def customer() -> None:
    """Erase a customer's personal data."""


@customer.command("erase", epilog=example(f"wth customer erase {ID} --yes"))
@click.argument("customer_id", metavar="ID")
@click.option("--yes", is_flag=True, help="Erase without confirmation.")
def erase_customer(customer_id: str, yes: bool) -> CommandOutput:
    """Erase a customer's personal data.

    Removes it from the customer record, their orders, stored events and stored responses. The delivery log remains.
    The API request log loses the bodies and queries of all requests in the customer's mode. You cannot undo this.
    """
    row = Customer.find_unscoped(customer_id)
    if not yes:
        click.confirm(f"Erase all personal data of {row.id}?", abort=True, err=True)
    counts = erase(Actor(row.dealer, row.is_test, "dashboard"), row)
    text = f"Erased {row.id} from {counts['orders']} orders and {counts['events']} events. The delivery log remains."
    return CommandOutput({"customer_id": row.id, **counts}, text)
