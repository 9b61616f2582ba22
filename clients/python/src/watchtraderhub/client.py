"""The client: authentication, connection, and the operations of the API by tag."""

from __future__ import annotations

import random
import time
import uuid
from types import TracebackType
from typing import Callable

from watchtraderhub._operations import Operations
from watchtraderhub._transport import Transport
from watchtraderhub.raw_response import RawResponse
from watchtraderhub.retries import RetryPolicy


class Client(Operations):
    """A hub, seen with one API key. Use one client per thread; close it, or use it in a `with` statement.

    `base_url` is the address of the hub. `api_key` is None for operations without a key, such as the health. `timeout`
    is in seconds, for connecting and for each read. `max_retries` is the number of attempts after the first. An error
    whose Retry-After is longer than `max_retry_after` seconds is raised at once. `sleep` and `jitter` replace the clock
    and the randomness of retries.

    All operations raise `StatusError` for an error of the hub and `ApiConnectionError` if no response arrives.
    Raises ValueError for an API key or an address that cannot be one.
    """

    def __init__(
        self,
        api_key: str | None,
        *,
        base_url: str,
        timeout: float = 30.0,
        max_retries: int = 4,
        max_retry_after: float = 60.0,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        retries = RetryPolicy(max_retries, sleep, jitter, max_retry_after)
        self._transport = Transport(api_key, base_url, timeout, retries)
        super().__init__(self._transport)

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"Client(base_url={self._transport.base_url!r})"

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        idempotency_key: str | None = None,
        wait: float = 0,
    ) -> RawResponse:
        """Send one request without retries, for an operation that this version does not know.

        `path` is one of the API reference, such as `/me`. `body` is JSON. Every method except GET and HEAD gets an
        Idempotency-Key. The hub may hold the response for `wait` seconds. Returns the response, whatever its status.
        Raises ApiConnectionError.
        """
        headers = {} if body is None else {"Content-Type": "application/json"}
        if method.upper() not in ("GET", "HEAD"):
            headers["Idempotency-Key"] = idempotency_key or str(uuid.uuid4())
        return self._transport.exchange(method.upper(), path, wait=wait, data=body, headers=headers)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()
