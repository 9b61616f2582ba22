"""The one error envelope: every failure under the base path leaves through here."""

import logging

import orjson
from limits.errors import StorageError
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.response import JsonResponse
from errors import Refusal
from spec.catalogue import api_error, status_of

log = logging.getLogger("wth.api")

COUNTERS_AWAY = "The hub cannot count requests at the moment; repeat the request in a few seconds."
CHALLENGE = 'Bearer realm="WatchTraderHub"'


class ErrorMiddleware:
    """Turns whatever is raised below into the envelope; what nobody expected is logged with its trace."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_started = False

        async def watch(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.app(scope, receive, watch)
        except Exception as fault:
            if has_started:
                raise
            await error_response(expected(fault), scope["state"]["request_id"]).send(send)


def expected(fault: Exception) -> Refusal:
    """A refusal as it is, lost counters as `service_unavailable`; anything else with its trace in the log."""
    if isinstance(fault, Refusal):
        if fault.code == "service_unavailable":
            log.warning("The database does not answer: %s", fault.__cause__)
        return fault
    if isinstance(fault, StorageError):
        log.warning("What counts the tokens does not answer: %s", fault.storage_error)
        return Refusal("service_unavailable", COUNTERS_AWAY, headers={"Retry-After": "2"})
    log.error("A request failed in a way that nobody expected.", exc_info=fault)
    return Refusal("internal_error", "Something went wrong on our side; repeat the request or tell us its request_id.")


def error_response(refusal: Refusal, request_id: str) -> JsonResponse:
    """The envelope, with the status of the catalogue and the refusal's headers."""
    status = status_of(refusal.code)
    named = {"WWW-Authenticate": CHALLENGE} | refusal.headers if status == 401 else refusal.headers
    headers = tuple((name.lower().encode(), value.encode("latin-1")) for name, value in named.items())
    return JsonResponse(status, orjson.dumps({"error": api_error(refusal, request_id)}), headers)
