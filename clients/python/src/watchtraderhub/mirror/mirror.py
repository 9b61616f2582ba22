"""The mirror: applies the hub's events to the shop's database, each exactly once and in order.

A delivery is only a hint that there is a new event: gaps are filled from `GET /events`. Requests to the hub are made
before the position is locked, never while it is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Callable, TypeVar

from watchtraderhub import webhooks
from watchtraderhub._base_errors import ApiConnectionError, StatusError
from watchtraderhub.client import Client
from watchtraderhub.mirror.application import Application
from watchtraderhub.mirror.database import Database
from watchtraderhub.mirror.errors import CatchUpTimeoutError, StaleMirrorError
from watchtraderhub.mirror.handlers import Handler, Handlers, SnapshotWriter
from watchtraderhub.mirror.polling import Backoff, log
from watchtraderhub.mirror.position import Position
from watchtraderhub.mirror.snapshot import Snapshot, read_page
from watchtraderhub.retries import is_retryable

MAX_BODY_BYTES = 2 * 1024 * 1024
WEBHOOK_SECONDS = 8.0  # the hub waits 15 s for the response
WAIT_SECONDS = 20
# A cursor that lags behind the position makes the next gap expensive, so it is renewed after that many deliveries.
MAX_CURSOR_LAG = 1000

AnyHandler = TypeVar("AnyHandler", bound=Handler)
AnyWriter = TypeVar("AnyWriter", bound=SnapshotWriter)


class Mirror:
    """A mirror of the hub in `database`. Several processes may share its row; register handlers before `start`.

    `client` belongs to this mirror. `secret` is that of the webhook endpoint, or several during a rotation; None if
    the shop only polls. `name` distinguishes mirrors in one database, for example of several dealers.
    """

    def __init__(
        self, client: Client, database: Database, secret: str | Sequence[str] | None = None, *, name: str = "default"
    ) -> None:
        self._client = client
        self._secret = secret
        self._handlers = Handlers()
        self._application = Application(database, name, self._handlers)
        self._fetching = threading.Lock()
        self._deliveries_since_fetch = 0

    def on(self, *patterns: str) -> Callable[[AnyHandler], AnyHandler]:
        """Register a handler for exact types, `namespace.*` or `*`: a decorator.

        The handler takes the connection and the event. It writes with the connection and does not commit. If it
        raises, its effects are undone and the event is handled again later.
        """

        def register(handler: AnyHandler) -> AnyHandler:
            for pattern in patterns:
                self._handlers.add(pattern, handler)
            return handler

        return register

    def snapshot(self, name: str) -> Callable[[AnyWriter], AnyWriter]:
        """Register the function that replaces the shop's copy of `listings`, `customers` or `orders`: a decorator.

        It takes the connection and the list of all objects, and deletes what is not in the list.
        """

        def register(writer: AnyWriter) -> AnyWriter:
            self._handlers.add_writer(name, writer)
            return writer

        return register

    def start(self) -> None:
        """Take a snapshot at the first start, and catch up at later ones. Call it before events arrive.

        A hub that is unavailable at a later start is logged: the next delivery catches up. Raises the errors of
        `take_snapshot` and `catch_up` otherwise.
        """
        try:
            self._start()
        finally:
            self._client.close()  # a server that forks after this must not share a connection between its processes

    def take_snapshot(self) -> None:
        """Replace the shop's copies by the hub's current objects, in one transaction, and continue from there.

        Events between the old position and the snapshot are not handled. Raises the errors of the client and of the
        functions registered with `snapshot`.
        """
        self._application.prepare()
        while True:
            before = self._application.find_position()
            snapshot = Snapshot(self._client, self._handlers.writers)
            if self._application.replace(before, snapshot.read(), snapshot):
                return

    def position(self) -> int:
        """Return the `sequence` of the last event that took effect, -1 before the first. Raises NotStartedError."""
        return self._application.position().sequence

    def receive(self, body: bytes, headers: Mapping[str, str]) -> int:
        """Handle a delivery; return the HTTP status of the response.

        The status is 200 when the event has taken effect, 400 for an invalid signature, 413 for a large body and 503
        if the hub should send the event again later. Exceptions of handlers are raised: respond with 500.
        Raises StaleMirrorError and NotStartedError, and ValueError without a secret.
        """
        if len(body) > MAX_BODY_BYTES:
            return 413
        if self._secret is None:
            raise ValueError("The mirror has no secret. Pass the whsec_ secret of the webhook endpoint.")
        try:
            event = webhooks.construct_event(body, headers, self._secret)
        except (webhooks.SignatureError, webhooks.PayloadError):
            return 400
        try:
            self._take(event)
        except (ApiConnectionError, StatusError, CatchUpTimeoutError) as error:
            log.warning("Event not applied; the hub will send it again. sequence=%s error=%s", event["sequence"], error)
            return 503
        return 200

    def catch_up(self) -> None:
        """Apply all events after the position. Raises the errors of the client and handlers, and StaleMirrorError."""
        with self._fetching:
            while self._fetch(self._application.position()):
                pass

    def run(self, stop: threading.Event | None = None, *, wait: int = WAIT_SECONDS) -> None:
        """Apply events by long polling until `stop` is set; for shops that receive no webhooks.

        `wait` is in seconds. Errors are logged, and the same event is handled again after a growing delay.
        Raises StaleMirrorError and NotStartedError. Beside webhooks, use a mirror and a client of its own.
        """
        backoff = Backoff(stop or threading.Event())
        while not backoff.is_stopped():
            with backoff.after_errors():
                self._fetch(self._application.position(), wait)

    def _start(self) -> None:
        if self._application.prepare() is None:
            self.take_snapshot()
            return
        try:
            self.catch_up()
        except (ApiConnectionError, StatusError) as error:
            if not is_retryable(error):
                raise
            log.warning("Hub unavailable; the next delivery catches up. error=%s", error)

    def _take(self, event: Any) -> None:
        position = self._application.position()
        if event["livemode"] != position.is_live or position.has_applied(event):
            return
        if position.is_before(event) and self._deliveries_since_fetch < MAX_CURSOR_LAG:
            self._deliveries_since_fetch += 1
            self._application.apply([event])
        else:
            self._fetch_until(event["sequence"], time.monotonic() + WEBHOOK_SECONDS)

    def _fetch_until(self, sequence: int, ends_at: float) -> None:
        if not self._fetching.acquire(timeout=max(0.0, ends_at - time.monotonic())):
            raise CatchUpTimeoutError("Another delivery is still catching up.")
        try:
            has_more, is_late = True, False
            while (position := self._application.position()).sequence < sequence:
                if not has_more:
                    raise StaleMirrorError(f"The hub does not list its event with sequence {sequence}.")
                if is_late:
                    raise CatchUpTimeoutError(f"Sequence {position.sequence} is reached, {sequence} is not.")
                has_more, is_late = self._fetch(position), time.monotonic() > ends_at
        finally:
            self._fetching.release()

    def _fetch(self, position: Position, wait: int | None = None) -> bool:
        """Apply the next page of events; return whether there are more."""
        try:
            page = read_page(self._client, position.cursor, wait)
        except StatusError as error:
            if error.code == "invalid_cursor":
                raise StaleMirrorError("The hub did not issue the mirror's cursor for this API key.") from error
            raise
        self._application.apply(page.data, page.next_cursor)
        self._deliveries_since_fetch = 0
        return page.has_more
