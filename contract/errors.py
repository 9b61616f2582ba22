"""Error middleware: turns every exception into the error envelope."""

import asyncio
import logging

import orjson
from limits.errors import StorageError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.rate_limit_windows import outage
from contract.response import JsonResponse
from errors import Refusal
from spec.catalogue import error_detail, status_of

log = logging.getLogger("wth.api")

RATE_LIMIT_UNAVAILABLE = "The rate limiter is temporarily unavailable. Repeat the request in a few seconds."
CHALLENGE = 'Bearer realm="WatchTraderHub"'


class ErrorMiddleware:
    """Sends the error envelope for an exception, unless a response has started."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        async def send_tracked(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, receive, send_tracked)
        except asyncio.CancelledError:
            if has_started:
                raise
            await error_response(server_stops(), scope["state"]["request_id"]).send(send)
        except Exception as error:
            if has_started:
                raise
            refusal = to_refusal(error)
            scope["state"]["error_code"] = refusal.code
            await error_response(refusal, scope["state"]["request_id"]).send(send)


def find_error_code(scope: Scope) -> str | None:
    """Return the code of the error that the client received."""
    code: str | None = scope.get("state", {}).get("error_code")
    return code


def to_refusal(error: Exception) -> Refusal:
    """Convert an exception to the refusal that the client receives.

    An unexpected exception becomes `internal_error`, and its traceback goes to the log.
    """
    if isinstance(error, Refusal):
        return error
    if isinstance(error, StorageError):
        outage.record_failure(error.storage_error)
        return Refusal("service_unavailable", RATE_LIMIT_UNAVAILABLE, headers={"Retry-After": "2"})
    log.error("Unhandled exception while serving an API request.", exc_info=error)
    message = "Something went wrong on our side. Repeat the request, or contact support with its request_id."
    return Refusal("internal_error", message)


def server_stops() -> Refusal:
    """The rejection of a request that is not finished when the server has to stop."""
    message = "The hub is restarting. Repeat the request in a few seconds, a POST with the same Idempotency-Key."
    return Refusal("service_unavailable", message, headers={"Retry-After": "2"})


def error_response(refusal: Refusal, request_id: str) -> JsonResponse:
    """Render the error envelope, with the status from the error catalogue."""
    status = status_of(refusal.code)
    fields = {"WWW-Authenticate": CHALLENGE} | refusal.headers if status == 401 else refusal.headers
    headers = tuple((name.lower().encode(), value.encode("latin-1")) for name, value in fields.items())
    return JsonResponse(status, orjson.dumps({"error": error_detail(refusal, request_id)}), headers)
