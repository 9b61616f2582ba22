"""Middleware that counts and times requests."""

import time
from functools import lru_cache
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.errors import find_error_code
from contract.routing import find_operation_id
from monitoring import instruments
from monitoring.request_log import CLIENT_LEFT

TOO_MANY = 429


class RequestMetricsMiddleware:
    """Observes the requests of one application.

    `name` is the operation of requests that are none of the API's.
    """

    def __init__(self, app: ASGIApp, name: str) -> None:
        self._app = app
        self._name = name

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started_at = time.perf_counter()
        status, seconds = CLIENT_LEFT, 0.0

        async def send_observed(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], time.perf_counter() - started_at
            await send(message)

        try:
            await self._app(scope, receive, send_observed)
        finally:
            operation = find_operation_id(scope) or self._name
            _counter(operation, status).inc()
            _histogram(operation).observe(seconds or time.perf_counter() - started_at)
            if status == TOO_MANY:
                instruments.rate_limit_rejections.labels(find_error_code(scope) or self._name).inc()


# labels() formats and looks up its values at each call, which takes longer than to count.
@lru_cache(1024)
def _counter(operation: str, status: int) -> Any:
    return instruments.requests.labels(operation, status)


@lru_cache(128)
def _histogram(operation: str) -> Any:
    return instruments.request_duration.labels(operation)
