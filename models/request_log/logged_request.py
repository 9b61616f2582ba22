"""Requests as the log has them, and how to find one."""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple, Self

import orjson

from errors import NotFound
from models.clock import MINUTE_MS
from models.dealer import Actor, Dealer
from models.delivery.event import Event
from models.request_log.recorded_request import FIRST_ERROR
from models.request_log.request_batch import RequestBatch, fetch_plain, first_id

REQUEST_ID = re.compile(r"req_([0-9a-f]{12})[0-9a-f]{20}")  # the first digits are the time in ms
ROW_ID = re.compile(r"(\d{1,18}|[1-8]\d{18})-(\d{1,5})", re.ASCII)
LONGEST_MS = 10 * MINUTE_MS  # from the begin of a request until it is in the log
SKEW_MS = MINUTE_MS  # for which the clock of the database may be set back
MAX_EVENTS = 50  # that a page shows for one request


class RequestContent(NamedTuple):
    """Query, headers and bodies of a request, redacted and limited in length."""

    query: str
    request_headers: dict[str, str]
    request_body: str
    response_body: str


class LoggedRequest(NamedTuple):
    """One authenticated request of the API.

    `created_at` is when it began, in ms. `request_id` is that of the response: a replay (`is_replay`) has the ID of the
    first request. `first_sequence` and `last_sequence` are those of the events that the request caused.
    """

    created_at: int
    request_id: str
    method: str
    path: str
    operation: str
    status: int
    duration_ms: float
    error_code: str | None
    is_replay: bool
    key_prefix: str
    address: str | None
    first_sequence: int | None
    last_sequence: int | None
    batch_id: int
    position: int
    is_test: bool

    @classmethod
    def find(cls, dealer: Dealer, row_id: str) -> Self:
        """Find a request by its ID in the log. Raises NotFound."""
        match = ROW_ID.fullmatch(row_id)
        if match is not None:
            batch_id, position = int(match[1]), int(match[2])
            for batches in (RequestBatch.of(actor).where(RequestBatch.id == batch_id) for actor in _both_modes(dealer)):
                for request in cls.list_batches(batches):
                    if request.position == position:
                        return request
        raise NotFound("request")

    @classmethod
    def find_first(cls, actor: Actor, request_id: str | None) -> Self | None:
        """Find the first request with this request ID, None if it is not in the log."""
        match = REQUEST_ID.fullmatch(request_id or "")
        if match is None:
            return None
        at, batch = int(match[1], 16), RequestBatch
        written = batch.id.between(first_id(at - SKEW_MS), first_id(at + LONGEST_MS))
        batches = batch.of(actor).where(written, batch.first_at <= at, batch.last_at >= at).order_by(batch.id)
        return next((request for request in cls.list_batches(batches) if request.request_id == request_id), None)

    @classmethod
    def list_batches(cls, batches: Any) -> Iterator[Self]:
        """Yield the requests of the batches that a query selects."""
        query = batches.select(RequestBatch.id, RequestBatch.is_test, RequestBatch.requests)
        for batch_id, is_test, requests in fetch_plain(query):
            for position, values in enumerate(orjson.loads(requests)):
                yield cls._make((*values, batch_id, position, bool(is_test)))

    @property
    def is_error(self) -> bool:
        return self.status >= FIRST_ERROR

    @property
    def id(self) -> str:
        """The ID in the log: unlike `request_id`, a replay has its own."""
        return f"{self.batch_id}-{self.position}"

    def content(self, dealer: Dealer) -> RequestContent | None:
        """Return the query, headers and bodies, None if they were not kept or are erased."""
        batch = RequestBatch.of(self.actor(dealer)).where(RequestBatch.id == self.batch_id).first()
        values = orjson.loads(batch.contents)[self.position] if batch and batch.contents else None
        return None if values is None else RequestContent(*values)

    def events(self, dealer: Dealer) -> list[Event]:
        """Return the first MAX_EVENTS events that the request caused.

        Those of a replay are those of its first request.
        """
        actor = self.actor(dealer)
        first = LoggedRequest.find_first(actor, self.request_id) if self.is_replay else self
        if first is None or first.first_sequence is None:
            return []
        caused = Event.sequence.between(first.first_sequence, first.last_sequence)
        events = Event.of(actor).where(caused).order_by(Event.sequence).limit(MAX_EVENTS)
        return [event for event in events if event.request_id == self.request_id]  # a number may have been rolled back

    def actor(self, dealer: Dealer) -> Actor:
        return Actor(dealer, self.is_test, "api", self.request_id)


def _both_modes(dealer: Dealer) -> list[Actor]:
    return [Actor(dealer, is_test, "dashboard") for is_test in (True, False)]
