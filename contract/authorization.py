"""Who may do what with a valid key; asked after the rate limit, so that refusals are counted and told."""

from collections.abc import Callable
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT
from starlette.types import ASGIApp, Receive, Scope, Send

Authorize = Callable[[Any, str, str], None]


class AuthorizationMiddleware:
    """Asks `authorize(caller, operation_id, method)`, which raises a refusal or nothing."""

    def __init__(self, app: ASGIApp, authorize: Authorize) -> None:
        self.app = app
        self.authorize = authorize

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = scope.get("extensions", {}).get("connexion_context", {}).get("user")
        if caller is not None:
            self.authorize(caller, scope["extensions"][ROUTING_CONTEXT]["operation_id"], scope["method"])
        await self.app(scope, receive, send)
