"""HTTP: one request with its authentication, Idempotency-Key and retries."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from requests.auth import AuthBase

from watchtraderhub._base_errors import ApiConnectionError, WatchTraderHubError
from watchtraderhub._version import VERSION
from watchtraderhub.pages import Pages
from watchtraderhub.raw_response import RawResponse
from watchtraderhub.retries import RetryPolicy

API_PATH = "/api/v1"


class KeyAuth(AuthBase):
    """Sends the API key. As an `auth` of requests, it has precedence over a `.netrc` file."""

    def __init__(self, api_key: str) -> None:
        # an invalid header value would be part of the exception that requests raises
        if not api_key or not api_key.isascii() or not api_key.isprintable() or " " in api_key:
            raise ValueError("Invalid API key: pass the key from the dashboard, without spaces or line breaks.")
        self._api_key = api_key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._api_key}"
        return request


class NoAuth(AuthBase):
    """Sends no key, and none from a `.netrc` file."""

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


class Transport:
    """Sends requests to one hub. `timeout` is in seconds, for connecting and for each read."""

    def __init__(self, api_key: str | None, base_url: str, timeout: float, retries: RetryPolicy) -> None:
        self.base_url = resolve_base_url(base_url)
        self._timeout = timeout
        self._retries = retries
        self._session = requests.Session()
        self._session.auth = NoAuth() if api_key is None else KeyAuth(api_key)
        self._session.headers.update({"User-Agent": f"watchtraderhub-python/{VERSION}", "Accept": "application/json"})

    def close(self) -> None:
        self._session.close()

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """Send a GET request; return the parsed body. Raises StatusError and ApiConnectionError."""
        wait = (query or {}).get("wait") or 0  # the hub may hold the response for that long
        return self._send_with_retries("GET", path, params=encode_query(query or {}), wait=wait)

    def list(self, path: str, query: Mapping[str, Any]) -> Pages[Any]:
        return Pages(lambda page_query: self.get(path, page_query), query)

    def post(self, path: str, body: Any, idempotency_key: str | None) -> Any:
        """Send a POST request. All its attempts have the same Idempotency-Key and the same bytes."""
        headers = {"Idempotency-Key": str(uuid.uuid4()) if idempotency_key is None else idempotency_key}
        data = b""
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
        return self._send_with_retries("POST", path, data=data, headers=headers)

    def _send_with_retries(self, method: str, path: str, **options: Any) -> Any:
        attempt = 0
        while True:
            try:
                return self._send(method, path, **options)
            except WatchTraderHubError as error:
                delay = self._retries.delay(attempt, error)
                if delay is None:
                    raise
            self._retries.sleep(delay)
            attempt += 1

    def _send(self, method: str, path: str, **options: Any) -> Any:
        return self.exchange(method, path, **options).parse()

    def exchange(self, method: str, path: str, *, wait: float = 0, **options: Any) -> RawResponse:
        """Send one request without retries; return its response, whatever its status.

        The hub may hold the response for `wait` seconds. Raises ApiConnectionError.
        """
        timeout = self._timeout + wait
        try:
            # a redirect could lead to a host that must not get the key
            response = self._session.request(
                method, self.base_url + path, allow_redirects=False, timeout=timeout, **options
            )
        except (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError) as error:
            raise ApiConnectionError(f"No response to {method} {path}: {type(error).__name__}.") from error
        return RawResponse(response.status_code, response.content, response.headers.get("Retry-After"))


def resolve_base_url(url: str) -> str:
    """Return the URL of the API; a URL without a path, such as `https://hub.example`, gets `/api/v1`."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("Invalid base_url: pass the address of the hub, such as https://hub.example.")
    path = parts.path.rstrip("/")
    return f"{parts.scheme}://{parts.netloc}{path or API_PATH}"


def fill_path(template: str, *ids: str) -> str:
    """Fill the IDs into a path. Raises ValueError for an empty one, which would name the list."""
    if any(value in ("", ".", "..") for value in ids):
        raise ValueError(f"Invalid ID for {template}: pass the `id` of an object.")
    return template.format(*(quote(value, safe="") for value in ids))


def encode_query(query: Mapping[str, Any]) -> dict[str, str]:
    """Encode parameters as the hub reads them; None omits one."""
    words = {True: "true", False: "false"}
    return {
        name: words[value] if isinstance(value, bool) else str(value)
        for name, value in query.items()
        if value is not None
    }
