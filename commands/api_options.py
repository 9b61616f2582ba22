"""Options and output of the commands that call the HTTP API."""

from collections.abc import Callable
from typing import Any

import click
import orjson

import config
from api_client.connection import ApiConnection, ApiResponse
from commands.output import CommandOutput

URL_VARIABLES = ("WTH_API_URL", "WTH_BASE_URL")


def api_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add --api-key and --base-url, which `call_api` takes."""
    key = click.option("--api-key", envvar="WTH_API_KEY", show_envvar=True, help="Test key or live key.")
    url = click.option(
        "--base-url",
        envvar=URL_VARIABLES,
        show_envvar=True,
        default=lambda: config.PUBLIC_URL,
        show_default="WTH_PUBLIC_URL",
        help="URL of the hub.",
    )
    return key(url(command))


def call_api(
    method: str,
    path: str,
    body: str | Any = None,
    *,
    api_key: str | None,
    base_url: str,
    idempotency_key: str | None = None,
) -> ApiResponse:
    """Call the API.

    A body that is no string is serialized as JSON. Raises UsageError and `unreachable`.
    """
    text = body if body is None or isinstance(body, str) else orjson.dumps(body).decode()
    content = None if text is None else text.encode()
    try:
        return ApiConnection(base_url, api_key).call(method, path, content, idempotency_key=idempotency_key)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def render_response(response: ApiResponse, text: str | None = None) -> CommandOutput:
    """Return the output of a command: `text` for a success, by default the document."""
    document = response.document
    if text is None or response.failure:
        text = document if isinstance(document, str) else orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()
    return CommandOutput(document, text, response.failure)
