#!/usr/bin/env python
"""Command line: `wth`, with one module in `commands` per noun.

The commands that call a hub over HTTP come from the client package.
"""

import click
from watchtraderhub_cli.lazy import LazyCommand
from watchtraderhub_cli.program import COMMANDS as CLIENT_COMMANDS

import config
from commands.drivers import skip_unused_drivers
from commands.logs import start_logging
from commands.output import example

skip_unused_drivers()  # before a command imports any; also in the processes of `wth web --workers`

# Each command is imported when it runs. The sentence is the first one of its help.
COMMANDS = (
    LazyCommand("serve", "commands.serve:serve", "Run the web server and a worker."),
    LazyCommand("web", "commands.serve:web", "Run the API and the dashboard only."),
    LazyCommand("worker", "commands.serve:worker", "Run a worker, which sends deliveries."),
    LazyCommand("demo-receiver", "commands.serve:demo_receiver", "Run the demo receiver.", hidden=True),
    LazyCommand("migrate", "commands.schema:migrate", "Apply pending database migrations."),
    LazyCommand("backup", "commands.backup:backup", "Copy the database to a new FILE."),
    LazyCommand("restore", "commands.backup:restore", "Restore the database from FILE."),
    LazyCommand("move", "commands.move:move", "Copy a hub on SQLite to PostgreSQL."),
    LazyCommand("check", "commands.check:check", "Check that the hub can run."),
    LazyCommand("secret-key", "commands.secret_key:secret_key", "Rotate the secret key."),
    LazyCommand("dealer", "commands.dealer:dealer", "Create dealers."),
    LazyCommand("user", "commands.user:user", "Manage users of the dashboard."),
    LazyCommand("key", "commands.key:key", "Create API keys."),
    LazyCommand("mode", "commands.integration:mode", "Turn test mode on (test) or off (live)."),
    LazyCommand("integration", "commands.integration:integration", "Enable or disable an integration."),
    LazyCommand("endpoint", "commands.endpoint:endpoint", "Manage webhook endpoints."),
    LazyCommand("inventory", "commands.inventory:inventory", "Import and export watches."),
    LazyCommand("listing", "commands.listing:listing", "Publish, sell or update a watch."),
    LazyCommand("order", "commands.order:order", "Fulfil or cancel an order."),
    LazyCommand("customer", "commands.customer:customer", "Erase a customer's personal data."),
    LazyCommand("deliveries", "commands.deliveries:deliveries", "List, inspect and retry deliveries."),
    LazyCommand("events", "commands.events:events", "List events."),
    LazyCommand("spec", "commands.spec:spec", "Print the OpenAPI document as this hub serves it."),
    LazyCommand("generate", "commands.generate:generate", "Write the generated files."),
    *CLIENT_COMMANDS,
)


# the commands of the client package call this hub unless told otherwise
@click.group(epilog=example("wth serve --demo"), context_settings={"obj": config.PUBLIC_URL})
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
