"""`wth mcp`: the MCP server of this package."""

from __future__ import annotations

import os
import sys

import click

from watchtraderhub_cli.connection import HubAccess, hub_options
from watchtraderhub_cli.output import example


@click.command(epilog=example("wth mcp --allow-live-writes"))
@click.option("--allow-live-writes", is_flag=True, help="Let a live key place and cancel real orders.")
@hub_options
def mcp(hub: HubAccess, allow_live_writes: bool) -> None:
    """Serve listings and orders to a language model over MCP.

    The messages are on standard input and output, so a program starts this command: configure it in your MCP client.
    """
    options = ["--api-url", hub.base_url, *(["--allow-live-writes"] if allow_live_writes else [])]
    # The hub's program hides libraries that the SDK needs, so the server gets a process of its own. The key is in no
    # argument, because other users of the machine can read those.
    environment = {**os.environ, **({"WTH_API_KEY": hub.api_key} if hub.api_key else {})}
    os.execve(sys.executable, [sys.executable, "-m", "watchtraderhub.mcp", *options], environment)  # noqa: S606 - this program
