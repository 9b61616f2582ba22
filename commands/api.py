"""`wth api`: one call of the HTTP API, with an API key and nothing else."""

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
SECONDS = 40  # an answer of `GET /events?wait=30` takes that long


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect is an answer like any other: the key must not follow it to another host."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> None:
        return None


@dataclass(frozen=True)
class ApiResponse:
    """What came back."""

    status: int
    body: bytes

    @property
    def document(self) -> Any:
        """The JSON document; text that is none stands as a string."""
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            return self.body.decode(errors="replace")


@click.command(cls=HubCommand, needs_database=False, epilog=example("wth api GET '/listings?status=in_stock&limit=5'"))
@click.argument("method", metavar="METHOD", type=click.Choice(METHODS, case_sensitive=False))
@click.argument("path")
@click.option("-d", "--data", "body", help="JSON body of the request.")
@click.option("--api-key", envvar="WTH_API_KEY", show_envvar=True, help="A test key or a live key.")
@click.option(
    "--base-url",
    envvar="WTH_BASE_URL",
    show_envvar=True,
    default=lambda: config.PUBLIC_URL,
    show_default="WTH_PUBLIC_URL",
    help="Where the hub is.",
)
@click.option("--idempotency-key", help="For a POST. Left out, a new one is made for each call.")
def api(
    method: str, path: str, body: str | None, api_key: str | None, base_url: str, idempotency_key: str | None
) -> CommandOutput:
    """Call the HTTP API and print its answer. PATH is what stands in the API reference, such as /me."""
    headers = {"Accept": "application/json", "Content-Type": "application/json"}
    if api_key:
        headers["Authorization"] = f"Bearer {api_key}"
    if method not in SAFE_METHODS:
        headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
    content = None if body is None else body.encode()
    reply = _call(urllib.request.Request(_url(base_url, path), content, headers, method=method))  # noqa: S310 - _url admits HTTP only
    return CommandOutput(reply.document, _text(reply), _failure(reply))


def _url(base_url: str, path: str) -> str:
    if not base_url.startswith(("http://", "https://")):
        raise click.UsageError("The base URL starts with https:// or http://.")
    if not path.startswith("/") or any(character.isspace() for character in path):
        raise click.UsageError("PATH starts with a slash and has no spaces, such as /listings?limit=5.")
    return base_url.rstrip("/").removesuffix(BASE_PATH) + BASE_PATH + path.removeprefix(BASE_PATH)


def _call(request: urllib.request.Request) -> ApiResponse:
    try:
        with urllib.request.build_opener(NoRedirects).open(request, timeout=SECONDS) as answer:
            return ApiResponse(answer.status, answer.read())
    except urllib.error.HTTPError as answer:
        with answer:
            return ApiResponse(answer.code, answer.read())
    except (OSError, ValueError) as fault:
        message = f"{request.host} does not answer ({getattr(fault, 'reason', fault)}); is the hub running there?"
        raise Refusal("unreachable", message) from None


def _text(reply: ApiResponse) -> str:
    document = reply.document
    return document if isinstance(document, str) else orjson.dumps(document, option=orjson.OPT_INDENT_2).decode()


def _failure(reply: ApiResponse) -> str | None:
    if 200 <= reply.status < 300:
        return None
    try:
        return f"{reply.status}: {reply.document['error']['message']}"
    except (KeyError, TypeError):
        return f"The hub answered {reply.status}."
