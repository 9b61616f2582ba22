"""`wth api`: calls the HTTP API, with an API key and nothing else."""

from __future__ import annotations

import json
from typing import Any

import click

from watchtraderhub import RawResponse
from watchtraderhub_cli.connection import ApiCommand, HubAccess, describe_failure, hub_options
from watchtraderhub_cli.output import CommandOutput, example

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BASE_PATH = "/api/v1"


@click.command(cls=ApiCommand, epilog=example("wth api GET '/listings?status=in_stock&limit=5'"))
@click.argument("method", metavar="METHOD", type=click.Choice(METHODS, case_sensitive=False))
@click.argument("path")
@click.option("-d", "--data", "body", help="JSON body of the request.")
@hub_options
@click.option("--idempotency-key", help="Idempotency key of a POST. Without it, each call generates a new one.")
def api(method: str, path: str, body: str | None, hub: HubAccess, idempotency_key: str | None) -> CommandOutput:
    """Call the HTTP API and print the response.

    PATH is a path from the API reference, such as /me.
    """
    if not path.startswith("/") or any(character.isspace() for character in path):
        raise click.UsageError("Invalid PATH: it must start with a slash and have no spaces, as in /listings?limit=5.")
    if path.startswith(f"{BASE_PATH}/"):
        path = path[len(BASE_PATH) :]
    content = None if body is None else body.encode()
    with hub.connect() as client:
        return render_response(client.request(method, path, content, idempotency_key=idempotency_key))


def render_response(response: RawResponse, text: str | None = None) -> CommandOutput:
    """Return the output of a command: `text` for a success, by default the document."""
    document = _read(response)
    failure = describe_failure(response)
    if text is None or failure:
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False, indent=2)
    return CommandOutput(document, text, failure)


def _read(response: RawResponse) -> Any:
    try:
        return json.loads(response.body)
    except ValueError:
        return response.body.decode(errors="replace")
