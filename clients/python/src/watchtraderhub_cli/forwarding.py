"""Forwards events to a handler with the headers and the signature of a real delivery."""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Callable

import requests

from watchtraderhub import __version__, signing
from watchtraderhub.retries import RetryPolicy
from watchtraderhub_cli.event_page import StreamedEvent

TIMEOUT_SECONDS = 15  # that of the hub
USER_AGENT = f"WatchTraderHub-Webhooks/1.0 (wth listen/{__version__})"
_ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True)
class ForwardResult:
    """Outcome of the last attempt. `status` is None without a response; `error` then says why."""

    status: int | None
    error: str | None
    attempts: int
    duration_ms: int

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


@dataclass
class Forwarder:
    """A handler's URL and the secret that signs. `retries` is the number of attempts after the first."""

    url: str
    secret: str
    retries: int = 0
    verifies_certificate: bool = True
    extra_headers: Mapping[str, str] = field(default_factory=dict)
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time

    def forward(self, event: StreamedEvent) -> ForwardResult:
        """Send an event until an attempt succeeds or none is left. All attempts have the same Delivery-Id."""
        delivery_id = "dlv_" + "".join(secrets.choice(_ALPHABET) for _ in range(24))
        backoff = RetryPolicy(max_retries=self.retries)
        attempt = 1
        while True:
            result = self._attempt(event, delivery_id, attempt)
            if result.is_success or attempt > self.retries:
                return result
            self.sleep(backoff.backoff(attempt - 1))
            attempt += 1

    def _attempt(self, event: StreamedEvent, delivery_id: str, attempt: int) -> ForwardResult:
        started = time.monotonic()
        status, error = None, None
        try:
            status = self._post(event.body, self._headers(event, delivery_id, attempt))
        except requests.RequestException as failure:
            error = _describe(failure)
        return ForwardResult(status, error, attempt, round((time.monotonic() - started) * 1000))

    def _post(self, body: bytes, headers: Mapping[str, str]) -> int:
        # a connection of its own for each request: a handler that restarts closes idle ones
        with requests.Session() as session:
            session.headers.clear()
            session.trust_env = False  # no proxy and no .netrc between this machine and its handler
            response = session.post(
                self.url,
                data=body,
                headers=headers,
                timeout=TIMEOUT_SECONDS,
                verify=self.verifies_certificate,
                allow_redirects=False,  # as the hub: a redirect is a failure
                stream=True,
            )
            return response.status_code

    def _headers(self, event: StreamedEvent, delivery_id: str, attempt: int) -> dict[str, str]:
        signed = signing.sign(event.body, event_id=event.id, timestamp=int(self.clock()), secret=self.secret)
        return {
            "Content-Type": "application/json",
            "User-Agent": USER_AGENT,
            "Accept-Encoding": "identity",
            "WTH-Event-Id": event.id,
            "WTH-Event-Type": event.type,
            "WTH-Delivery-Id": delivery_id,
            "WTH-Delivery-Attempt": str(attempt),
            **signed,
            **self.extra_headers,
        }


def _describe(failure: requests.RequestException) -> str:
    if isinstance(failure, requests.exceptions.SSLError):
        return "the certificate is not trusted; --skip-verify accepts it"
    if isinstance(failure, requests.Timeout):
        return f"no response within {TIMEOUT_SECONDS} s"
    if isinstance(failure, requests.ConnectionError):
        return "no connection; is your handler running?"
    return type(failure).__name__
