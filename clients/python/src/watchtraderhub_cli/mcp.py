"""`wth mcp`: serves a hub to language models."""

from __future__ import annotations

import click

from watchtraderhub.mcp.command import serve
from watchtraderhub_cli.connection import HubAccess, hub_options
from watchtraderhub_cli.output import example


@click.command(epilog=example("wth mcp --allow-live-writes"))
@click.option("--allow-live-writes", is_flag=True, help="Let a live key place and cancel real orders.")
@hub_options
def mcp(hub: HubAccess, allow_live_writes: bool) -> None:
    """Serve listings and orders to a language model over MCP.

    The messages are on standard input and output, so a program starts this command: configure it in your MCP client.
    """
    try:
        serve(hub.api_key, hub.base_url, allow_live_writes=allow_live_writes)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
