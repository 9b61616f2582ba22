"""Authorization middleware: checks what a valid key may do.

It runs after the rate limit, so that rejected requests cost tokens and carry the rate-limit headers.
"""

from collections.abc import Callable
from typing import Any

from connexion.middleware.abstract import ROUTING_CONTEXT
from starlette.types import ASGIApp, Receive, Scope, Send

from spec.document import Node, operations

Authorize = Callable[[Any, Node, str], None]


class AuthorizationMiddleware:
    """Calls `authorize(caller, operation, method)` for each authenticated request.

    `operation` is the operation object of the OpenAPI document. The function raises a Refusal for a forbidden request.
    """

    def __init__(self, app: ASGIApp, raw: Node, authorize: Authorize) -> None:
        self.app = app
        self.authorize = authorize
        self.operations = {operation["operationId"]: operation for _, _, operation in operations(raw)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        caller = scope.get("extensions", {}).get("connexion_context", {}).get("user")
        if caller is not None:
            operation = self.operations[scope["extensions"][ROUTING_CONTEXT]["operation_id"]]
            self.authorize(caller, operation, scope["method"])
        await self.app(scope, receive, send)
