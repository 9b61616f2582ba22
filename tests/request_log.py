"""Requests in the API request log: recorded without a server, and read back."""

from typing import Any

from models.clock import now
from models.request_log.batch_writer import write_requests
from models.request_log.logged_request import LoggedRequest
from models.request_log.recorded_request import RecordedContent, RecordedRequest
from models.request_log.request_batch import RequestBatch
from tests.cast import Person

HEADERS = ((b"user-agent", b"shop/1.0"),)


def requests_of(person: Person) -> list[LoggedRequest]:
    """Return a dealer's requests of both modes, oldest first."""
    batches = RequestBatch.select().where(RequestBatch.dealer == person.dealer)
    return sorted(LoggedRequest.list_batches(batches), key=lambda request: (request.created_at, request.position))


def record(
    person: Person, *, at: int | None = None, request_body: bytes = b"", response_body: bytes = b"", **changes: Any
) -> RecordedRequest:
    """A request that has ended but is not written. `at` is in ms, by default now."""
    at = now() if at is None else at
    content = RecordedContent(b"", HEADERS, request_body, response_body)
    values = {
        "started_at": at,
        "dealer_id": person.dealer.id,
        "is_test": True,
        "method": "GET",
        "path": "/api/v1/me",
        "operation": "getMe",
        "status": 200,
        "duration_ms": 1.5,
        "request_id": f"req_{at:012x}{'0' * 20}",
        "is_replay": False,
        "key_prefix": "wth_testkey1",
        "address": "127.0.0.1",
        "sequences": (None, None),
        "content": content if request_body or response_body else None,
    }
    return RecordedRequest(**{**values, **changes})


def write(*requests: RecordedRequest) -> None:
    """Write each request in a batch of its own."""
    for request in requests:
        write_requests(request.mode, [request], 0)
