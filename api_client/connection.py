"""Calls the HTTP API of a hub with an API key."""

import urllib.error
import urllib.request
import uuid
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any

import orjson

from errors import Refusal
from spec.document import BASE_PATH, SAFE_METHODS

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

    @property
    def failure(self) -> str | None:
        """One sentence about a response that is not a success, else None."""
        if 200 <= self.status < 300:
            return None
        try:
            return f"{self.status}: {self.document['error']['message']}"
        except (KeyError, TypeError):
            return f"The hub responded with status {self.status}."


@dataclass(frozen=True)
class ApiConnection:
    """A hub's URL, with or without the base path of the API, and an API key or None."""

    base_url: str
    api_key: str | None

    def call(
        self, method: str, path: str, content: bytes | None = None, *, idempotency_key: str | None = None
    ) -> ApiResponse:
        """Send one request and return the response, whatever its status.

        `path` is a path of the API reference, such as `/me`. A write without an `idempotency_key` gets a new one.
        Raises ValueError with a sentence for an invalid URL or path, and `unreachable`.
        """
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        if method not in SAFE_METHODS:
            headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
        return _send(urllib.request.Request(self._url(path), content, headers, method=method))  # noqa: S310 - _url accepts HTTP only

    def _url(self, path: str) -> str:
        if not self.base_url.startswith(("http://", "https://")):
            raise ValueError("Invalid base URL: it must start with https:// or http://.")
        if not path.startswith("/") or any(character.isspace() for character in path):
            raise ValueError("Invalid PATH: it must start with a slash and have no spaces, as in /listings?limit=5.")
        return self.base_url.rstrip("/").removesuffix(BASE_PATH) + BASE_PATH + path.removeprefix(BASE_PATH)


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
