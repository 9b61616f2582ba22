"""Innermost layer: calls the handler and serializes what it returns."""

import functools
import inspect
from typing import Any

import orjson
from connexion.apps.asynchronous import AsyncApi, AsyncASGIApp
from connexion.middleware.abstract import RoutedAPI
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

import config
from contract.api_versions import downgrade_body, pinned_version
from contract.idempotency import IdempotencyLayer
from contract.interruption import wait_for_interruption
from contract.parameters import IDEMPOTENCY_KEY
from contract.response import JsonResponse
from contract.validation import ARGUMENTS, BODY
from models.dealer import Actor
from models.quick_read import run_read
from spec.document import SAFE_METHODS
from spec.version_changes import is_outdated


class OperationHandler:
    """Runs one handler function; writes go through the idempotency layer.

    Raises ValueError for a write that cannot run once, in one transaction and for a known dealer.
    """

    def __init__(self, operation: Any, idempotency: IdempotencyLayer) -> None:
        self.function = operation.function
        self.idempotency = idempotency
        self.argument_names = frozenset(inspect.signature(self.function).parameters)
        self.is_async = inspect.iscoroutinefunction(self.function)
        self.is_write = operation.method.upper() not in SAFE_METHODS
        if self.is_write:
            _validate_write(operation)
        self.is_conditional = "304" in operation.responses
        self.is_public = not operation.security
        self.schemas = {
            status: response["content"]["application/json"]["schema"]
            for status, response in operation.responses.items()
            if "application/json" in response["content"]
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = functools.partial(self.function, **self._arguments(scope, receive))
        if self.is_write:
            response = await self.idempotency.run(scope, _actor(scope), lambda: self._serialize(call(), scope))
        elif self.is_async:
            response = self._serialize(await call(), scope)
        else:
            response = await run_read(lambda: self._serialize(call(), scope), dealer_id=_dealer_id(scope))
        if self.is_conditional and self.is_public:
            await response.send_document(scope, send)
        elif self.is_conditional:
            await response.send_if_changed(scope, send)
        else:
            await response.send(send)

    def _arguments(self, scope: Scope, receive: Receive) -> dict[str, Any]:
        extensions = scope["extensions"]
        interruption = functools.partial(wait_for_interruption, scope, receive)
        available = {**extensions[ARGUMENTS], "body": extensions.get(BODY), "interruption": interruption}
        if "connexion_context" in extensions:
            available |= {"caller": extensions["connexion_context"]["user"], "actor": _actor(scope)}
        return {name: available[name] for name in self.argument_names}

    def _serialize(self, returned: Any, scope: Scope) -> JsonResponse:
        """Serialize a representation, or a (representation, status) pair.

        Bytes are already JSON. The status is 200 if the handler returns none.
        """
        representation, status = returned if isinstance(returned, tuple) else (returned, 200)
        body = representation if isinstance(representation, bytes) else orjson.dumps(representation)
        version = pinned_version(scope)
        if version is not None and is_outdated(version):
            return JsonResponse(status, downgrade_body(body, version))
        if config.VALIDATE_RESPONSES:
            self._validate(status, body)
        return JsonResponse(status, body)

    def _validate(self, status: int, body: bytes) -> None:
        error = next(self.schemas[str(status)].validator.iter_errors(orjson.loads(body)), None)
        if error is not None:
            raise AssertionError(f"The response does not match the document: {error.instance_path} {error.message}")


def _validate_write(operation: Any) -> None:
    """Check that a write can run once, in one transaction, for a known dealer."""
    problem = ""
    if inspect.iscoroutinefunction(operation.function):
        problem = "a write runs in a transaction on one thread, so its handler must not be async."
    elif not operation.security or {} in operation.security:
        problem = "a write requires an API key; remove its `security`."
    elif not any(p["name"] == IDEMPOTENCY_KEY and p.get("required") for p in operation.parameters):
        problem = f"a write requires the {IDEMPOTENCY_KEY} parameter; add it with `required: true`."
    if problem:
        raise ValueError(f"Invalid operation {operation.operation_id}: {problem}")


def _actor(scope: Scope) -> Actor:
    """Return the key's dealer in the key's mode."""
    caller = scope["extensions"]["connexion_context"]["user"]
    return Actor(caller.dealer, caller.is_test, "api", scope["state"]["request_id"])


def _dealer_id(scope: Scope) -> str:
    return _actor(scope).dealer.id if "connexion_context" in scope["extensions"] else ""


class OperationApi(AsyncApi):  # type: ignore[misc] # connexion ships no types
    """Connexion's list of operations, without its per-request decoration."""

    idempotency: IdempotencyLayer

    def __init__(self, *args: Any, **options: Any) -> None:
        supported = {name: options[name] for name in ("base_path", "resolver", "next_app") if name in options}
        RoutedAPI.__init__(self, *args, **supported)
        self.router = Router()
        self.add_paths()

    def make_operation(self, operation: Any) -> OperationHandler:
        return OperationHandler(operation, self.idempotency)


def operations_app(idempotency_layer: IdempotencyLayer) -> AsyncASGIApp:
    """Return the application at the end of connexion's middleware stack."""

    class Api(OperationApi):
        idempotency = idempotency_layer

    class Operations(AsyncASGIApp):  # type: ignore[misc] # connexion ships no types
        api_cls = Api

    return Operations()
