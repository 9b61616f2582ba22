"""Guards an upgrade of connexion.

contract/app.py sets private attributes of connexion, which a new version may rename.
"""

import copy
from typing import Any

import pytest
from connexion.apps.asynchronous import AsyncASGIApp
from connexion.middleware.security import SecurityMiddleware
from limits.storage import storage_from_string

from contract.app import create_api
from contract.authorization import AuthorizationMiddleware
from contract.body_limit import BodyLimitMiddleware
from contract.errors import ErrorMiddleware
from contract.operation import OperationApi, OperationHandler
from contract.rate_limit import RateLimitMiddleware
from contract.request_id import RequestIdMiddleware
from contract.routing import RoutingMiddleware
from contract.validation import ValidationMiddleware
from handlers.auth import authorize
from spec.document import Node, operations, read_document

LAYERS = [
    RequestIdMiddleware,
    ErrorMiddleware,
    BodyLimitMiddleware,
    RoutingMiddleware,
    SecurityMiddleware,
    RateLimitMiddleware,
    AuthorizationMiddleware,
    ValidationMiddleware,
]


def create(document: Node) -> Any:
    return create_api(document, lambda _: None, authorize, storage_from_string("async+memory://"))


@pytest.fixture(scope="module")
def stack() -> list[Any]:
    return list(create(read_document()).middleware.middleware_stack)


def test_middleware_is_complete_and_in_order(stack: list[Any]) -> None:
    assert [type(layer) for layer in stack[:-1]] == LAYERS
    assert [layer.app for layer in stack[:-1]] == stack[1:]


def test_operations_at_the_end_are_ours(stack: list[Any]) -> None:
    assert isinstance(stack[-1], AsyncASGIApp)
    (api,) = next(iter(stack[-1].apis.values()))
    assert isinstance(api, OperationApi)
    assert {type(handler) for handler in api.operations.values()} == {OperationHandler}
    assert set(api.operations) == {operation["operationId"] for _, _, operation in operations(read_document())}


def test_invalid_document_fails_at_start() -> None:
    document = copy.deepcopy(read_document())
    del document["paths"]["/me"]["get"]["responses"]
    with pytest.raises(Exception, match="responses"):
        create(document)


def test_document_with_a_dangling_reference_fails_at_start() -> None:
    document = copy.deepcopy(read_document())
    document["paths"]["/me"]["get"]["responses"]["200"] = {"$ref": "#/components/responses/Missing"}
    with pytest.raises(Exception, match="Missing"):
        create(document)


def test_operation_without_a_handler_fails_at_start() -> None:
    document = copy.deepcopy(read_document())
    document["paths"]["/me"]["get"]["operationId"] = "getNothing"
    with pytest.raises(AttributeError, match="get_nothing"):
        create(document)
