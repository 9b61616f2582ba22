"""The document and the handlers, held against each other both ways."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import handlers
from contract.app import snake_case
from spec.document import read_document
from tests.spec.reading import Operation, operations, parameters

DOCUMENT = read_document()
OPERATIONS = [operation for operation in operations(DOCUMENT) if operation.kind == "paths"]
MODULES = {info.name for info in pkgutil.iter_modules(handlers.__path__)} - {"auth"}
WIRING = {"actor", "caller", "body"}  # what the hub itself hands to a handler


def expected() -> dict[str, set[str]]:
    """Function names by module, as tags and operationIds give them."""
    names: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        tag = operation.node["tags"][0].lower()
        names.setdefault(tag, set()).add(snake_case(operation.node["operationId"]))
    return names


def public_functions(module: ModuleType) -> set[str]:
    own = [(name, member) for name, member in inspect.getmembers(module, inspect.isfunction) if name[0] != "_"]
    return {name for name, member in own if member.__module__ == module.__name__}


def test_every_tag_is_a_module_and_every_module_a_tag() -> None:
    assert set(expected()) == MODULES


@pytest.mark.parametrize("name", sorted(MODULES))
def test_functions_of_a_module_are_the_operations_of_its_tag(name: str) -> None:
    module = importlib.import_module(f"handlers.{name}")
    assert public_functions(module) == expected()[name]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.node["operationId"])
def test_arguments_of_a_handler_are_what_the_document_can_give(operation: Operation) -> None:
    tag, name = operation.node["tags"][0].lower(), snake_case(operation.node["operationId"])
    handler = getattr(importlib.import_module(f"handlers.{tag}"), name)
    given = {parameter["name"].lower().replace("-", "_") for parameter in parameters(DOCUMENT, operation)}
    taken = set(inspect.signature(handler).parameters)
    assert taken <= given | WIRING
    assert given - taken <= {"idempotency_key", "if_none_match"}  # dealt with before a handler is called
    assert ("body" in taken) == ("requestBody" in operation.node)


@pytest.mark.parametrize(
    ("operation_id", "name"), [("getMe", "get_me"), ("bulkUpsertCustomers", "bulk_upsert_customers"), ("x", "x")]
)
def test_operation_ids_become_snake_case(operation_id: str, name: str) -> None:
    assert snake_case(operation_id) == name
