"""Command line: `wth`, with one module in `commands` per noun."""

import click

from commands import (
    api,
    check,
    customer,
    dealer,
    deliveries,
    endpoint,
    events,
    integration,
    inventory,
    key,
    listing,
    order,
    schema,
    secret_key,
    serve,
    spec,
    user,
)
from commands.logs import start_logging
from commands.output import example

COMMANDS = (
    serve.serve,
    serve.web,
    serve.worker,
    serve.demo_receiver,
    schema.migrate,
    check.check,
    secret_key.secret_key,
    dealer.dealer,
    user.user,
    key.key,
    integration.mode,
    integration.integration,
    endpoint.endpoint,
    inventory.inventory,
    listing.listing,
    order.order,
    customer.customer,
    deliveries.deliveries,
    events.events,
    spec.spec,
    spec.generate,
    api.api,
)


@click.group(epilog=example("wth serve --demo"))
def wth() -> None:
    """Run and operate WatchTraderHub's Custom Integration."""


for command in COMMANDS:
    wth.add_command(command)


def main() -> None:
    """Entry point of the `wth` script."""
    start_logging()
    wth(prog_name="wth")


if __name__ == "__main__":
    main()
