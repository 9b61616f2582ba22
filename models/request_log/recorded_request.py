"""A request that has ended, as the web process hands it to the log."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

import orjson

from models.request_log.redaction import PREFIXES, redact

MAX_BODY_BYTES = 8 * 1024  # of a request, and of its response
MAX_QUERY_BYTES = 1024
MAX_HEADER_BYTES = 256
FIRST_ERROR = 400
ROW_BYTES = 250  # that a request takes at least
CONTENT_BYTES = 300  # of the headers

Mode = tuple[str, bool]  # a dealer, and whether it is test mode


class RecordedContent(NamedTuple):
    """Query, headers and bodies as they were on the wire, cut off at the limits."""

    query: bytes
    headers: Sequence[tuple[bytes, bytes]]
    request_body: bytes
    response_body: bytes

    @property
    def size(self) -> int:
        return CONTENT_BYTES + len(self.query) + len(self.request_body) + len(self.response_body)

    def encode(self) -> tuple[Any, ...]:
        """Return the values of a RequestContent, without secrets."""
        headers = {name.decode("latin-1"): redact(value.decode("latin-1")) for name, value in self.headers}
        query = self.query.decode("latin-1")
        bodies = (redact(body.decode(errors="replace")) for body in (self.request_body, self.response_body))
        return (redact(unquote(query) if "%" in query else query), headers, *bodies)


class RecordedRequest(NamedTuple):
    """A request that has ended.

    `started_at` is in ms. `sequences` are those of its first and its last event.
    """

    started_at: int
    dealer_id: str
    is_test: bool
    method: str
    path: str
    operation: str
    status: int
    duration_ms: float
    request_id: str
    is_replay: bool
    key_prefix: str
    address: str | None
    sequences: tuple[int, int] | tuple[None, None]
    content: RecordedContent | None

    @property
    def mode(self) -> Mode:
        return self.dealer_id, self.is_test

    @property
    def is_error(self) -> bool:
        return self.status >= FIRST_ERROR

    @property
    def size(self) -> int:
        return ROW_BYTES if self.content is None else ROW_BYTES + self.content.size

    def encode(self) -> tuple[Any, ...]:
        """Return the values of a LoggedRequest, without secrets."""
        path = redact(self.path) if any(prefix in self.path for prefix in PREFIXES) else self.path
        return (
            self.started_at,
            self.request_id,
            self.method,
            path,
            self.operation,
            self.status,
            self.duration_ms,
            self._read_error_code(),
            self.is_replay,
            self.key_prefix,
            self.address,
            *self.sequences,
        )

    def _read_error_code(self) -> str | None:
        if not self.is_error or self.content is None:
            return None
        try:
            code: str = orjson.loads(self.content.response_body)["error"]["code"]
        except (ValueError, LookupError, TypeError):  # the client left, or the request was HEAD
            return None
        return code
