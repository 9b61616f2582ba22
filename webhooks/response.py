"""Result of one attempt: the receiver's truncated response, or an error."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from spec.characters import replace_control_characters
from webhooks.failure import ErrorClass

PREVIEW_BYTES = 4 * 1024
MAX_HEADER_CHARACTERS = 16 * 1024


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
    headers: dict[str, str] = field(default_factory=dict)  # the first 16 KiB; http.client accepts at most 100 headers
    preview: str = ""  # the first 4 KiB of the body as text
    address: str | None = None  # "ip:port" of the connection
    duration_ms: int = 0
    timings: Timings = Timings()

    @property
    def is_success(self) -> bool:
        return self.error is None and self.status is not None and 200 <= self.status < 300


def decode_preview(body: bytes | bytearray) -> str:
    """Decode the first 4 KiB of a body as UTF-8.

    Invalid bytes and control characters become U+FFFD.
    """
    return replace_control_characters(body[:PREVIEW_BYTES].decode(errors="replace"))


def truncate_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Keep the first headers, up to 16 KiB of names and values together."""
    truncated: dict[str, str] = {}
    remaining = MAX_HEADER_CHARACTERS
    for name, value in ((name, headers[name]) for name in headers):
        remaining -= len(name) + len(value)
        if remaining < 0:
            break
        truncated[name] = replace_control_characters(value, keep="\t")
    return truncated
