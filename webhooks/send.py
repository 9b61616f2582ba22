"""Sends one signed delivery and reports what became of it."""

import functools
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import certifi
import requests
from requests.structures import CaseInsensitiveDict

from webhooks.exchange import Exchange, ResponseTooLarge, current_exchange
from webhooks.failure import NETWORK_TROUBLE, Failure, diagnose
from webhooks.guard import InvalidUrl, Resolver, check_url, resolve
from webhooks.response import PREVIEW_BYTES, Timings, WebhookResponse, bounded, preview
from webhooks.transport import GuardedAdapter

__all__ = ["Sender", "Timings", "WebhookResponse"]

MAX_BODY_BYTES = 64 * 1024
MAX_RECEIVED_BYTES = 256 * 1024  # the body, its framing, headers and interim answers together


class Sender:
    """Keeps connections alive between deliveries; one per process, for all its threads. Cookies,
    proxies and redirects do not exist for it, and a connection reaches only what the guard lets pass.
    `connect_timeout` bounds a connection with its TLS handshake, `total_timeout` everything from the
    lookup of the name (which cannot be interrupted, but counts) to the last byte of the answer. The
    Sender takes `ssl_context` over; without one, certifi's authorities are trusted.
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        connect_timeout: float = 5.0,
        total_timeout: float = 15.0,
        ssl_context: ssl.SSLContext | None = None,
        resolver: Resolver = socket.getaddrinfo,
        pools: int = 256,
        per_host: int = 10,
        max_idle: float = 60.0,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._total_timeout = total_timeout
        self._max_idle = max_idle  # firewalls forget a quiet connection without telling either end
        self._resolve = functools.partial(resolve, allow_private=allow_private, resolver=resolver)
        self._encoded = functools.lru_cache(maxsize=4096)(functools.partial(_encode, allow_private=allow_private))
        context = ssl_context or ssl.create_default_context(cafile=certifi.where())
        self._adapter = GuardedAdapter(context, pools=pools, per_host=per_host)

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookResponse:
        """POST the body once. Whatever the network or the receiver does becomes part of the Reply; the
        headers that HTTP itself needs (Host, Content-Length, Accept-Encoding: identity) are added.
        Only a kept-alive connection that turns out to be closed is replaced, and the body sent again.
        """
        started = time.monotonic()
        try:
            request = _request(self._encoded(url), body, headers)
        except InvalidUrl as refusal:
            return WebhookResponse(error="blocked_address", error_detail=str(refusal))
        attempt = self._attempt(request, started, max_idle=self._max_idle)
        if attempt.found_connection_closed:
            attempt = self._attempt(request, started, max_idle=0.0)
        return attempt.reply(time.monotonic() - started)

    def close(self) -> None:
        self._adapter.close()

    def _attempt(self, request: requests.PreparedRequest, started: float, *, max_idle: float) -> "_Attempt":
        deadline = started + self._total_timeout
        exchange = Exchange(self._resolve, self._connect_timeout, deadline, MAX_RECEIVED_BYTES, max_idle)
        attempt = _Attempt(exchange)
        attempt.make(self._adapter, request)
        return attempt


@dataclass(slots=True)
class _Attempt:
    exchange: Exchange
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    failure: Failure | None = None

    def make(self, adapter: GuardedAdapter, request: requests.PreparedRequest) -> None:
        token = current_exchange.set(self.exchange)
        try:
            with adapter.send(request, stream=True) as response:  # and close it if unread bytes remain
                self._read(response)
        except NETWORK_TROUBLE as trouble:
            self.failure = diagnose(trouble, self.exchange.phase)
        finally:
            self.exchange.enter("end")
            current_exchange.reset(token)

    @property
    def found_connection_closed(self) -> bool:
        is_unanswered = self.exchange.is_kept_alive and not self.exchange.received
        return is_unanswered and self.failure is not None and self.failure.error in ("protocol", "tls")

    def reply(self, seconds: float) -> WebhookResponse:
        error, detail = self.failure or (None, None)
        return WebhookResponse(
            self.status,
            error,
            detail,
            bounded(self.headers),
            preview(self.body),
            self.exchange.address,
            round(seconds * 1000),
            self._timings(seconds),
        )

    def _read(self, response: requests.Response) -> None:
        if self.exchange.has_ended:  # http.client takes the end of the connection for the end of the headers
            raise ConnectionAbortedError("the headers broke off")
        self.status, self.headers = response.status_code, response.raw.headers
        if 300 <= response.status_code < 400:  # a failure already: nothing in the body can change that
            return
        is_too_large = (response.raw.length_remaining or 0) > MAX_BODY_BYTES
        wanted = PREVIEW_BYTES if is_too_large else MAX_BODY_BYTES + 1
        while len(self.body) < wanted:
            chunk = response.raw.read1(wanted - len(self.body), decode_content=False)
            if not chunk:
                break
            self.body += chunk
        if is_too_large or len(self.body) > MAX_BODY_BYTES:
            raise ResponseTooLarge

    def _timings(self, seconds: float) -> Timings:
        spent = {phase: taken * 1000 for phase, taken in self.exchange.seconds.items()}
        waited = spent.get("answer") if self.exchange.received else None
        return Timings(spent.get("dns"), spent.get("connect"), spent.get("tls"), waited, seconds * 1000)


def _encode(url: str, *, allow_private: bool) -> str:
    """The URL as it goes over the wire; raises InvalidUrl."""
    check_url(url, allow_private=allow_private)
    return requests.Request("POST", url).prepare().url or ""


def _request(url: str, body: bytes, headers: Mapping[str, str]) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.method, request.url, request.body = "POST", url, body
    request.headers = CaseInsensitiveDict(headers)
    request.headers["Content-Length"] = str(len(body))
    return request
