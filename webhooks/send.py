"""HTTP client that sends deliveries and returns responses or errors."""

import functools
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from webhooks.authorities import create_context
from webhooks.exchange import Exchange, ResponseTooLarge, current_exchange
from webhooks.failure import NETWORK_ERRORS, Failure, classify
from webhooks.final_response import FinalResponse
from webhooks.guard import InvalidUrl, Resolver, resolve
from webhooks.request import Destination, build_request, find_destination
from webhooks.response import (
    PREVIEW_BYTES,
    Timings,
    WebhookResponse,
    decode_preview,
    list_retry_after,
    truncate_headers,
)
from webhooks.response_head import ResponseHead
from webhooks.transport import GuardedPool, open_pool

__all__ = ["Sender", "Timings", "WebhookResponse"]

MAX_BODY_BYTES = 64 * 1024
MAX_RECEIVED_BYTES = 256 * 1024  # body, framing, headers and interim responses together


class Sender:
    """HTTP client for deliveries; one per process, shared by its threads.

    It keeps connections alive between deliveries, connects only to addresses that the guard allows, and ignores
    cookies, proxies and redirects. `connect_timeout` limits connecting, the TLS handshake included. `total_timeout`
    limits the whole exchange, from the DNS lookup (which cannot be interrupted, but counts) to the last byte of the
    response. All times are in seconds. The Sender modifies `ssl_context`; by default it trusts the public authorities.
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
        self._max_idle = max_idle  # firewalls drop idle connections without telling either end
        self._resolve = functools.partial(resolve, allow_private=allow_private, resolver=resolver)
        find = functools.partial(find_destination, allow_private=allow_private)
        self._find_destination = functools.lru_cache(maxsize=4096)(find)
        context = ssl_context or create_context(None)
        open_ = functools.partial(open_pool, ssl_context=context, idle_connections=per_host)
        self._pool = functools.lru_cache(maxsize=pools)(open_)  # a pool that drops out closes its connections
        self._pool_lock = threading.Lock()  # without it, two threads could open two pools for one host

    def send(self, url: str, body: bytes, headers: Mapping[str, str]) -> WebhookResponse:
        """POST the body once and return the response or the network error.

        Never raises network errors. Adds the headers that HTTP needs (Host, Content-Length, Accept-Encoding: identity).
        Sends the body a second time only if a reused connection was closed, or began with bytes of no response.
        """
        started_at = time.monotonic()
        try:
            destination = self._find_destination(url)
        except InvalidUrl as error:
            return WebhookResponse(error="blocked_address", error_detail=str(error))
        request = build_request(destination, headers, body)
        attempt = self._send_once(destination, request, started_at, max_idle=self._max_idle)
        if attempt.found_unusable_connection:
            attempt = self._send_once(destination, request, started_at, max_idle=0.0)
        return attempt.response(time.monotonic() - started_at)

    def close(self) -> None:
        """Close idle connections."""
        self._pool.cache_clear()

    def _send_once(
        self, destination: Destination, request: bytes, started_at: float, *, max_idle: float
    ) -> "_SingleSend":
        deadline = started_at + self._total_timeout
        exchange = Exchange(self._resolve, self._connect_timeout, deadline, MAX_RECEIVED_BYTES, max_idle)
        with self._pool_lock:
            pool = self._pool(destination.scheme, destination.host, destination.port)
        attempt = _SingleSend(exchange)
        attempt.run(pool, request)
        return attempt


@dataclass(slots=True)
class _SingleSend:
    """One request on the wire and the part of its response read so far."""

    exchange: Exchange
    head: ResponseHead | None = None
    body: bytearray = field(default_factory=bytearray)
    failure: Failure | None = None

    def run(self, pool: GuardedPool, request: bytes) -> None:
        token = current_exchange.set(self.exchange)
        try:
            pool.post(request, self._read)
        except NETWORK_ERRORS as error:
            self.failure = classify(error, self.exchange.phase)
        finally:
            self.exchange.enter("end")
            current_exchange.reset(token)

    @property
    def found_unusable_connection(self) -> bool:
        """Return True if a reused connection cannot have carried the response.

        It was closed, or began with bytes of no response.
        """
        is_unusable = self.exchange.is_out_of_step or (self.exchange.is_reused and not self.exchange.received)
        return is_unusable and self.failure is not None and self.failure.error in ("protocol", "tls")

    def response(self, seconds: float) -> WebhookResponse:
        error, detail = self.failure or (None, None)
        return WebhookResponse(
            self.head.status if self.head else None,
            error,
            detail,
            truncate_headers(self.head.fields()) if self.head else {},
            decode_preview(self.body),
            self.exchange.address,
            round(seconds * 1000),
            self._timings(seconds),
            list_retry_after(self.head) if self.head else (),
        )

    def _read(self, response: FinalResponse) -> None:
        self.head = self.exchange.head
        if HTTPStatus.MULTIPLE_CHOICES <= response.status < HTTPStatus.BAD_REQUEST:  # a failure whatever the body says
            return
        is_too_large = (response.length or 0) > MAX_BODY_BYTES
        limit = PREVIEW_BYTES if is_too_large else MAX_BODY_BYTES + 1
        while len(self.body) < limit and (piece := response.read_some(limit - len(self.body))):
            self.body += piece
        if is_too_large or len(self.body) > MAX_BODY_BYTES:
            raise ResponseTooLarge

    def _timings(self, seconds: float) -> Timings:
        phase_ms = {phase: phase_seconds * 1000 for phase, phase_seconds in self.exchange.seconds.items()}
        first_byte_ms = phase_ms.get("response") if self.exchange.received else None
        return Timings(phase_ms.get("dns"), phase_ms.get("connect"), phase_ms.get("tls"), first_byte_ms, seconds * 1000)
