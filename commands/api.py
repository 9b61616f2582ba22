"""`wth api`: calls the HTTP API, with an API key and nothing else."""

import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any

import click
import orjson

import config
from commands.output import CommandOutput, HubCommand, example
from errors import Refusal
from spec.document import BASE_PATH, SAFE_METHODS

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TIMEOUT_SECONDS = 40  # more than `GET /events?wait=30` takes


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """Return redirects like any other response.

    The key must not follow a redirect to another host.
    """

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True)
class ApiResponse:
    """Status and body of an API response."""

    status: int
    body: bytes

    @property
    def document(self) -> Any:
        """The parsed JSON body, or the body as a string if it is not JSON."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return self.body.decode(errors="replace")


@click.command(cls=HubCommand, epilog=example("wth api GET '/listings?status=in_stock&limit=5'"))
@click.argument("method", metavar="METHOD", type=click.Choice(METHODS, case_sensitive=False))
@click.argument("path")
@click.option("-d", "--data", "body", help="JSON body of the request.")
@click.option("--api-key", envvar="WTH_API_KEY", show_envvar=True, help="Test key or live key.")
@click.option(
    "--base-url",
    envvar="WTH_BASE_URL",
    show_envvar=True,
    default=lambda: config.PUBLIC_URL,
    show_default="WTH_PUBLIC_URL",
    help="URL of the hub.",
)
@click.option("--idempotency-key", help="Idempotency key of a POST. Without it, each call generates a new one.")
def api(
    method: str, path: str, body: str | None, api_key: str | None, base_url: str, idempotency_key: str | None
) -> CommandOutput:
    """Call the HTTP API and print the response.

    PATH is a path from the API reference, such as /me.
    """
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    if method not in SAFE_METHODS:
        headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
    content = None if body is None else body.encode()
    response = _send(urllib.request.Request(_url(base_url, path), content, headers, method=method))  # noqa: S310 - _url accepts HTTP only
    return CommandOutput(response.document, _render(response), _failure(response))


def _url(base_url: str, path: str) -> str:
    if not base_url.startswith(("http://", "https://")):
        raise click.UsageError("Invalid base URL: it must start with https:// or http://.")
    if not path.startswith("/") or any(character.isspace() for character in path):
        raise click.UsageError("Invalid PATH: it must start with a slash and have no spaces, as in /listings?limit=5.")
    return base_url.rstrip("/").removesuffix(BASE_PATH) + BASE_PATH + path.removeprefix(BASE_PATH)


def _send(request: urllib.request.Request) -> ApiResponse:
    try:
        with urllib.request.build_opener(NoRedirects).open(request, timeout=TIMEOUT_SECONDS) as response:
            return ApiResponse(response.status, response.read())
    except urllib.error.HTTPError as error:
        with error:
            return ApiResponse(error.code, error.read())
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        message = f"Cannot reach {request.host}: {reason}. Check --base-url, and that the hub is running."
        raise Refusal("unreachable", message) from None


def _render(response: ApiResponse) -> str:
    document = response.document
    return document if isinstance(document, str) else orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _failure(response: ApiResponse) -> str | None:
    if 200 <= response.status < 300:
        return None
    try:
        return f"{response.status}: {response.document['error']['message']}"
    except (KeyError, TypeError):
        return f"The hub responded with status {response.status}."
