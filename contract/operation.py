"""The innermost layer: calls the handler with its arguments and sends what it returns."""

import functools
import inspect
from typing import Any

import orjson
from connexion.apps.asynchronous import AsyncApi, AsyncASGIApp
from connexion.middleware.abstract import RoutedAPI
from starlette.routing import Router
from starlette.types import Receive, Scope, Send

import config
from contract.api_versions import pinned, rendered
from contract.idempotency import IdempotencyLayer
from contract.response import JsonResponse
from contract.validation import ARGUMENTS, BODY
from models.dealer import Actor
from models.thread_pool import run_in_thread
from spec.version_changes import is_outdated


class OperationHandler:
    """One handler function with what the document says of its answers."""

    def __init__(self, operation: Any, once: IdempotencyLayer) -> None:
        self.function = operation.function
        self.once = once
        self.takes = frozenset(inspect.signature(self.function).parameters)
        self.is_async = inspect.iscoroutinefunction(self.function)
        self.is_conditional = "304" in operation.responses
        self.validators = {
            status: response["content"]["application/json"]["schema"].validator
            for status, response in operation.responses.items()
            if "application/json" in response["content"]
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        call = functools.partial(self.function, **self._arguments(scope))
        if scope["method"] == "POST":
            answer = await self.once.answer(scope, _actor(scope), lambda: self._judge(call(), scope))
        elif self.is_async:
            answer = self._judge(await call(), scope)
        else:
            answer = await run_in_thread(lambda: self._judge(call(), scope))
        if self.is_conditional:
            await answer.send_if_changed(scope, send)
        else:
            await answer.send(send)

    def _arguments(self, scope: Scope) -> dict[str, Any]:
        extensions = scope["extensions"]
        given = {**extensions[ARGUMENTS], "body": extensions.get(BODY)}
        if "connexion_context" in extensions:
            given |= {"caller": extensions["connexion_context"]["user"], "actor": _actor(scope)}
        return {name: given[name] for name in self.takes}

    def _judge(self, returned: Any, scope: Scope) -> JsonResponse:
        """A handler returns a shape, or a shape and a status; bytes are JSON already."""
        shape, status = returned if isinstance(returned, tuple) else (returned, 200)
        body = shape if isinstance(shape, bytes) else orjson.dumps(shape)
        version = pinned(scope)
        if version is not None and is_outdated(version):
            return JsonResponse(status, rendered(body, version))
        if config.VALIDATE_RESPONSES:
            error = next(self.validators[str(status)].iter_errors(orjson.loads(body)), None)
            if error is not None:
                raise AssertionError(f"The answer does not fit the document: {error.instance_path} {error.message}")
        return JsonResponse(status, body)


def _actor(scope: Scope) -> Actor:
    """Who acts: the key's dealer in the key's mode, through the API."""
    caller = scope["extensions"]["connexion_context"]["user"]
    return Actor(caller.dealer, caller.is_test, "api", scope["state"]["request_id"])


class OperationApi(AsyncApi):  # type: ignore[misc] # connexion ships no types
    """Connexion's list of operations, without its per-request decoration."""

    once: IdempotencyLayer

    def __init__(self, *args: Any, **options: Any) -> None:
        known = {name: options[name] for name in ("base_path", "resolver", "next_app") if name in options}
        RoutedAPI.__init__(self, *args, **known)
        self.router = Router()
        self.add_paths()

    def make_operation(self, operation: Any) -> OperationHandler:
        return OperationHandler(operation, self.once)


def operations(the_once: IdempotencyLayer) -> AsyncASGIApp:
    """The application at the end of connexion's stack."""

    class Api(OperationApi):
        once = the_once

    class Operations(AsyncASGIApp):  # type: ignore[misc] # connexion ships no types
        api_cls = Api

    return Operations()
