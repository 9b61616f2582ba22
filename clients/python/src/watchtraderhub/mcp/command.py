"""Command line of the MCP server: its settings, and messages for the person who starts it."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from watchtraderhub.client import Client

# Most MCP clients wait a minute for a result, and a person sees them wait.
TIMEOUT_SECONDS = 15.0
MAX_RETRIES = 2
MAX_RETRY_AFTER_SECONDS = 5.0
INSTALLATION = "Install it with Python 3.10 or newer: python3 -m pip install 'watchtraderhub-client[mcp]'"


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the options and serve until standard input ends. Returns the exit status."""
    parser = _build_parser()
    options = parser.parse_args(arguments)
    try:
        serve(os.environ.get("WTH_API_KEY"), options.api_url, allow_live_writes=options.allow_live_writes)
    except ValueError as error:
        parser.error(str(error))
    except KeyboardInterrupt:
        return 130
    return 0


def serve(api_key: str | None, api_url: str | None, *, allow_live_writes: bool) -> None:
    """Serve MCP on standard input and output until input ends.

    Raises ValueError, with a sentence for people, if a setting is missing or invalid or the SDK is not installed.
    """
    if not api_key:
        raise ValueError("Set WTH_API_KEY to a test key or a live key from the dashboard.")
    if not api_url:
        raise ValueError("Set WTH_API_URL to the address of the hub, such as https://hub.example.")
    try:
        from watchtraderhub.mcp.server import serve_stdio
    except ImportError as error:
        raise ValueError(f"The MCP SDK is missing ({error}). {INSTALLATION}") from error
    client = Client(
        api_key,
        base_url=api_url,
        timeout=TIMEOUT_SECONDS,
        max_retries=MAX_RETRIES,
        max_retry_after=MAX_RETRY_AFTER_SECONDS,
    )
    with client:
        if sys.stdin.isatty():
            print("Waiting for an MCP client on standard input. Stop with Ctrl-C.", file=sys.stderr)  # noqa: T201 - for the person at the terminal
        serve_stdio(client, api_url, allow_live_writes=allow_live_writes)


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m watchtraderhub.mcp",
        description="Serve listings and orders of a hub to a language model, over MCP on standard input and output. "
        "The API key is read from WTH_API_KEY.",
    )
    parser.add_argument(
        "--api-url", default=os.environ.get("WTH_API_URL"), help="URL of the hub. Default: WTH_API_URL."
    )
    parser.add_argument("--allow-live-writes", action="store_true", help="Let a live key place and cancel real orders.")
    return parser
