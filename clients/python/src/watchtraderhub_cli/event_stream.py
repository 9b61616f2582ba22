"""Long polling of `GET /events`: resumes after an outage, without losing or repeating an event."""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from typing import Callable, Protocol
from urllib.parse import urlencode

from watchtraderhub import ApiConnectionError, Client, StatusError, WatchTraderHubError
from watchtraderhub.retries import RetryPolicy
from watchtraderhub_cli.event_page import EventPage, StreamedEvent, parse_page

WAIT_SECONDS = 20  # with the timeout of the client, the time until a silent network is noticed
PAGE_SIZE = 100
LATEST = "latest"


class StreamObserver(Protocol):
    """Is told what a user wants to know beside the events."""

    def started(self) -> None:
        """The first page has arrived: no later event will be missed."""

    def interrupted(self, error: WatchTraderHubError) -> None:
        """The hub cannot be reached. The stream continues when it can."""

    def resumed(self) -> None:
        """The hub has responded again."""

    def skipped(self, first: int, last: int) -> None:
        """The hub no longer has events of these sequences."""


class EventStream:
    """Events from a start on, for ever.

    `since` is that of the API: a sequence, a time or `latest`. `sleep` takes seconds; `jitter` gives 0 to 1.
    """

    def __init__(
        self,
        client: Client,
        since: str,
        observer: StreamObserver,
        *,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self._client = client
        self._since = since
        self._observer = observer
        self._sleep = sleep
        self._policy = RetryPolicy(max_retries=sys.maxsize, jitter=jitter)
        self._cursor: str | None = None
        self.last_sequence = int(since) - 1 if since.isdigit() and int(since) > 0 else None

    def __iter__(self) -> Iterator[StreamedEvent]:
        """Yield each event once, in the order of its sequence.

        Raises StatusError if the hub rejects the request, for example a revoked key.
        """
        while True:
            is_first = self._cursor is None
            page = self._read_page()
            if is_first:
                self._observer.started()
            yield from self._find_new(page)
            self._cursor = page.next_cursor

    def _find_new(self, page: EventPage) -> Iterator[StreamedEvent]:
        for event in page.events:
            if self.last_sequence is not None:
                if event.sequence <= self.last_sequence:
                    continue
                if event.sequence > self.last_sequence + 1:
                    self._observer.skipped(self.last_sequence + 1, event.sequence - 1)
            self.last_sequence = event.sequence
            yield event

    def _read_page(self) -> EventPage:
        attempt = 0
        while (page := self._attempt_page(attempt)) is None:
            attempt += 1
        if attempt:
            self._observer.resumed()
        return page

    def _attempt_page(self, attempt: int) -> EventPage | None:
        """Request a page; after an error that may pass, wait and return None."""
        try:
            return self._request_page()
        except WatchTraderHubError as error:
            delay = self._find_delay(attempt, error)
            if attempt == 0:
                self._observer.interrupted(error)
            self._sleep(delay)
            return None

    def _request_page(self) -> EventPage:
        # the first page must not wait: it tells the user that the listener is ready
        wait = 0 if self._cursor is None else WAIT_SECONDS
        start = {"since": self._find_since()} if self._cursor is None else {"after": self._cursor}
        query = urlencode({"limit": PAGE_SIZE, "wait": wait, **start})
        response = self._client.request("GET", f"/events?{query}", wait=wait)
        if not response.is_success:
            response.parse()  # raises StatusError
        try:
            return parse_page(response.body)
        except (ValueError, KeyError, IndexError):
            # a killed hub or a proxy: the page is requested again
            raise ApiConnectionError("The response was cut off, or is not a page of events.") from None

    def _find_since(self) -> str:
        return self._since if self.last_sequence is None else str(self.last_sequence + 1)

    def _find_delay(self, attempt: int, error: WatchTraderHubError) -> float:
        """Return the seconds until the next attempt. Raises an error that no attempt would repair."""
        if isinstance(error, StatusError) and error.code == "invalid_cursor" and self._cursor is not None:
            self._cursor = None  # a restored hub may have another secret key; the sequence is still known
            return 0
        delay = self._policy.delay(attempt, error)
        if delay is None:
            raise error
        return delay
