"""What a receiver answered, or why it did not, bounded and safe to keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from webhooks.failure import ErrorClass

PREVIEW_BYTES = 4 * 1024
MAX_HEADER_CHARACTERS = 16 * 1024

_CONTROLS = {code: "\ufffd" for code in range(32) if chr(code) not in "\t\n\r"}
_CONTROLS_AND_BREAKS = {**_CONTROLS, ord("\n"): "\ufffd", ord("\r"): "\ufffd"}


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds per part. A part is None when it was not reached, or not needed on a kept-alive
    connection; `first_byte_ms` counts from the first byte sent to the first one received.
    """

    dns_ms: float | None = None
    connect_ms: float | None = None
    tls_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float | None = None


@dataclass(frozen=True, slots=True)
class WebhookResponse:
    """What became of one attempt. `status` stands as soon as the receiver has sent one, also beside an
    `error`: an answer that does not end in time, breaks off (`protocol`) or exceeds 64 KiB (`too_large`)
    is a failure whatever its status.
    """

    status: int | None = None
    error: ErrorClass | None = None
    error_detail: str | None = None
    headers: dict[str, str] = field(default_factory=dict)  # the first 16 KiB of 100 at most (http.client)
    preview: str = ""  # of the body's first 4 KiB, without control characters
    address: str | None = None  # "ip:port" connected to
    duration_ms: int = 0
    timings: Timings = Timings()

    @property
    def is_success(self) -> bool:
        return self.error is None and self.status is not None and 200 <= self.status < 300


def preview(body: bytes | bytearray) -> str:
    return body[:PREVIEW_BYTES].decode(errors="replace").translate(_CONTROLS)


def bounded(headers: Mapping[str, str]) -> dict[str, str]:
    kept: dict[str, str] = {}
    room = MAX_HEADER_CHARACTERS
    for name, value in ((name, headers[name]) for name in headers):
        room -= len(name) + len(value)
        if room < 0:
            break
        kept[name] = value.translate(_CONTROLS_AND_BREAKS)
    return kept
