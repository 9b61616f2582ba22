"""Result of one attempt: the receiver's truncated response, or an error."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from spec.characters import replace_control_characters
from webhooks.failure import ErrorClass
from webhooks.response_head import ResponseHead

PREVIEW_BYTES = 4 * 1024
MAX_HEADER_CHARACTERS = 16 * 1024
MAX_RETRY_AFTER_CHARACTERS = 200
MAX_RETRY_AFTER_VALUES = 20


@dataclass(frozen=True, slots=True)
class Timings:
    """Duration of each phase in milliseconds.

    None for a phase that was not reached, or not needed on a reused connection. `first_byte_ms` counts
    from the first byte sent to the first byte received.
    """

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float | None = None


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """The response to one attempt, or its error.

    Both `status` and `error` are set if the receiver sent a status, but its response then timed out, broke off
    (`protocol`) or exceeded 64 KiB (`too_large`). This is a failure whatever the status.
    """

    status: int | None = None
    error: ErrorClass | None = None
    error_detail: str | None = None
    headers: dict[str, str] = field(default_factory=dict)  # up to 16 KiB
    preview: str = ""  # the first 4 KiB of the body as text
    address: str | None = None  # "ip:port" of the connection
    duration_ms: int = 0
    timings: Timings = Timings()
    retry_after: tuple[str, ...] = ()  # from the whole head, not from the truncated headers

    @property
    def is_success(self) -> bool:
        return self.error is None and self.status is not None and 200 <= self.status < 300


def list_retry_after(head: ResponseHead) -> tuple[str, ...]:
    """Return the values of Retry-After that can be valid."""
    values = [value for value in head.values(b"retry-after") if len(value) <= MAX_RETRY_AFTER_CHARACTERS]
    return tuple(values[:MAX_RETRY_AFTER_VALUES])


def decode_preview(body: bytes | bytearray) -> str:
    """Decode the first 4 KiB of a body as UTF-8.

    Invalid bytes and control characters become U+FFFD.
    """
    return replace_control_characters(body[:PREVIEW_BYTES].decode(errors="replace"))


def truncate_headers(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Keep headers, up to 16 KiB of names and values together.

    A header that exceeds the rest is left out. Values of a repeated header are joined with commas.
    """
    headers: dict[str, str] = {}
    spellings: dict[str, str] = {}
    remaining = MAX_HEADER_CHARACTERS
    for name, value in fields:
        size = len(name) + len(value) + 2
        if size > remaining:
            continue
        remaining -= size
        spelling = spellings.setdefault(name.lower(), name)
        text = replace_control_characters(value, keep="\t")
        headers[spelling] = f"{headers[spelling]}, {text}" if spelling in headers else text
    return headers
