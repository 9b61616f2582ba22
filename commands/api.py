"""`wth api`: calls the HTTP API, with an API key and nothing else."""

import click

from commands.api_options import api_options, call_api, render_response
from commands.output import CommandOutput, HubCommand, example

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@click.command(cls=HubCommand, epilog=example("wth api GET '/listings?status=in_stock&limit=5'"))
@click.argument("method", metavar="METHOD", type=click.Choice(METHODS, case_sensitive=False))
@click.argument("path")
@click.option("-d", "--data", "body", help="JSON body of the request.")
@api_options
@click.option("--idempotency-key", help="Idempotency key of a POST. Without it, each call generates a new one.")
def api(
    method: str, path: str, body: str | None, api_key: str | None, base_url: str, idempotency_key: str | None
) -> CommandOutput:
    """Call the HTTP API and print the response.

    PATH is a path from the API reference, such as /me.
    """
    response = call_api(method, path, body, api_key=api_key, base_url=base_url, idempotency_key=idempotency_key)
    return render_response(response)
