"""Simulated receivers: what receivers do wrong, as responses without a request.

The worker recognizes their URLs, which are paths of the hub itself, and makes up the exchange. So the delivery log
shows attempts like any others, and no thread, socket or second waits for a receiver that fails on purpose.
"""

from collections.abc import Callable

from webhooks.response import Timings, WebhookResponse

PREFIX = "/test/receivers/"
FLAKY_FAILURES = 2  # of the attempts of each delivery, before one succeeds
SLOW_MS, TIMEOUT_MS, FAST_MS = 12_000, 15_000, 20


def _respond(status: int, preview: str, duration_ms: int = FAST_MS, **headers: str) -> WebhookResponse:
    fields = {"Content-Type": "text/plain", **{name.replace("_", "-"): value for name, value in headers.items()}}
    timings = Timings(first_byte_ms=duration_ms, total_ms=duration_ms)
    retry_after = (headers["Retry_After"],) if "Retry_After" in headers else ()
    return WebhookResponse(
        status, headers=fields, preview=preview, duration_ms=duration_ms, timings=timings, retry_after=retry_after
    )


def _time_out(_: int) -> WebhookResponse:
    detail = "No response arrived before the timeout."
    return WebhookResponse(
        error="timeout", error_detail=detail, duration_ms=TIMEOUT_MS, timings=Timings(total_ms=TIMEOUT_MS)
    )


# By name; each gets the number of the attempt, from 1.
RECEIVERS: dict[str, Callable[[int], WebhookResponse]] = {
    "ok": lambda _: _respond(200, "ok"),
    "slow": lambda _: _respond(200, "ok", SLOW_MS),
    "timeout": _time_out,
    "500": lambda _: _respond(500, "Internal Server Error"),
    "410": lambda _: _respond(410, "Gone"),
    "429": lambda _: _respond(429, "Too Many Requests", Retry_After="60"),
    "flaky": lambda number: _respond(200, "ok") if number > FLAKY_FAILURES else _respond(503, "Service Unavailable"),
    "redirect": lambda _: _respond(302, "Found", Location="/elsewhere"),
}


def find_receiver(url: str, *, public_url: str) -> Callable[[int], WebhookResponse] | None:
    """Find the simulated receiver with exactly this URL, None for any other URL."""
    start = public_url + PREFIX
    return RECEIVERS.get(url.removeprefix(start)) if url.startswith(start) else None
