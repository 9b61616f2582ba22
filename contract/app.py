"""The API as one ASGI application: its middleware, from the outermost inward."""

import functools
import importlib
import re
from collections.abc import Callable
from typing import Any

from connexion import AsyncApp
from connexion.middleware.main import API
from connexion.middleware.security import SecurityMiddleware
from connexion.resolver import Resolution, Resolver
from limits.aio.strategies import MovingWindowRateLimiter

from contract.authentication import Lockout, bearer_security_handler
from contract.authorization import AuthorizationMiddleware, Authorize
from contract.body_limit import BodyLimitMiddleware
from contract.document import Document
from contract.errors import ErrorMiddleware
from contract.idempotency import IdempotencyLayer
from contract.operation import operations_app
from contract.rate_limit import RateLimitMiddleware
from contract.request_id import RequestIdMiddleware
from contract.routing import RoutingMiddleware
from contract.validation import ValidationMiddleware
from spec.document import Node, operations


class HandlerResolver(Resolver):  # type: ignore[misc] # connexion ships no types
    """Maps a tag to a module and an operationId to a function.

    `createOrder` with the tag `Orders` is `create_order` in handlers/orders.py.
    """

    def __init__(self, raw: Node) -> None:
        super().__init__()
        self.modules = {
            operation["operationId"]: module_name(operation["tags"][0]) for _, _, operation in operations(raw)
        }

    def resolve(self, operation: Any) -> Resolution:
        name = operation.operation_id
        module = importlib.import_module(f"handlers.{self.modules[name]}")
        return Resolution(getattr(module, snake_case(name)), name)


def module_name(tag: str) -> str:
    return tag.lower().replace(" ", "_")


def snake_case(operation_id: str) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", operation_id).lower()


def create_api(raw: Node, wake_worker: Callable[[str], None], authorize: Authorize, storage: Any) -> AsyncApp:
    """Build the API from the OpenAPI document `raw`.

    `wake_worker(dealer_id)` is called after each committed write, `authorize` checks each authenticated request, and
    `storage` is a limits storage. Raises an error for an invalid document or handler.
    """
    document = Document(raw)
    limiter = MovingWindowRateLimiter(storage)
    app = AsyncApp("contract", middlewares=_middlewares(raw, limiter, authorize))
    middleware = app.middleware
    # AsyncApp has no public way to replace its application or to build early. tests/contract/test_app.py guards the
    # private attributes in this function: run it first after an upgrade of connexion.
    app._middleware_app = middleware.app = operations_app(IdempotencyLayer(wake_worker))
    handler = bearer_security_handler(Lockout(limiter))
    # connexion's own add_api uses a class that reads OpenAPI 3.0 only
    options = middleware.options.replace(resolver=HandlerResolver(raw), security_map={"bearer": handler})
    middleware.apis.append(API(document, base_path=None, name=None, **options.__dict__))
    # build now, so that an invalid document fails at start and not on the first request
    middleware.app, middleware.middleware_stack = middleware._build_middleware_stack()
    return app


def _middlewares(raw: Node, limiter: MovingWindowRateLimiter, authorize: Authorize) -> list[Any]:
    """List the middleware in the order in which a request passes it."""
    return [
        functools.partial(RequestIdMiddleware, api_version=raw["info"]["version"]),
        ErrorMiddleware,
        BodyLimitMiddleware,
        RoutingMiddleware,
        SecurityMiddleware,
        functools.partial(RateLimitMiddleware, raw=raw, limiter=limiter),
        functools.partial(AuthorizationMiddleware, raw=raw, authorize=authorize),
        ValidationMiddleware,
    ]
