"""Webhooks in FastAPI and Starlette: `app.add_route("/webhooks", webhook_endpoint(mirror), methods=["POST"])`."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse

from watchtraderhub.mirror.mirror import Mirror
from watchtraderhub.mirror.responses import MESSAGES, has_valid_length


def webhook_endpoint(mirror: Mirror) -> Callable[[Request], Awaitable[PlainTextResponse]]:
    """Return an endpoint that gives each delivery to the mirror, in a thread.

    Exceptions of handlers reach the framework, which sends 500.
    """

    async def receive_webhook(request: Request) -> PlainTextResponse:
        status = 413
        if has_valid_length(request.headers.get("Content-Length")):
            status = await run_in_threadpool(mirror.receive, await request.body(), request.headers)
        return PlainTextResponse(MESSAGES[status], status)

    return receive_webhook
