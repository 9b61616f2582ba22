"""Every operation has a handler, and every handler is an operation."""

import importlib
import inspect
import pkgutil
from types import ModuleType

import pytest

import handlers
from contract.app import module_name, snake_case
from spec.document import read_document
from tests.spec.reading import Operation, operations, parameters

DOCUMENT = read_document()
OPERATIONS = [operation for operation in operations(DOCUMENT) if operation.kind == "paths"]
MODULES = {info.name for info in pkgutil.iter_modules(handlers.__path__)} - {"auth"}
WIRING = {"actor", "caller", "body", "interruption"}  # arguments that the hub supplies itself


def expected() -> dict[str, set[str]]:
    """Function names by module, as tags and operationIds give them."""
    names: dict[str, set[str]] = {}
    for operation in OPERATIONS:
        tag = module_name(operation.node["tags"][0])
        names.setdefault(tag, set()).add(snake_case(operation.node["operationId"]))
    return names


def public_functions(module: ModuleType) -> set[str]:
    functions = [(name, member) for name, member in inspect.getmembers(module, inspect.isfunction) if name[0] != "_"]
    return {name for name, member in functions if member.__module__ == module.__name__}


def test_every_tag_is_a_module_and_every_module_a_tag() -> None:
    assert set(expected()) == MODULES


@pytest.mark.parametrize("name", sorted(MODULES))
def test_functions_of_a_module_are_the_operations_of_its_tag(name: str) -> None:
    module = importlib.import_module(f"handlers.{name}")
    assert public_functions(module) == expected()[name]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.node["operationId"])
def test_arguments_of_a_handler_are_documented(operation: Operation) -> None:
    tag, name = module_name(operation.node["tags"][0]), snake_case(operation.node["operationId"])
    handler = getattr(importlib.import_module(f"handlers.{tag}"), name)
    documented = {parameter["name"].lower().replace("-", "_") for parameter in parameters(DOCUMENT, operation)}
    taken = set(inspect.signature(handler).parameters)
    assert taken <= documented | WIRING
    assert documented - taken <= {"idempotency_key", "if_none_match"}  # handled by middleware
    assert ("body" in taken) == ("requestBody" in operation.node)


@pytest.mark.parametrize(
    ("operation_id", "name"), [("getMe", "get_me"), ("bulkUpsertCustomers", "bulk_upsert_customers"), ("x", "x")]
)
def test_operation_ids_become_snake_case(operation_id: str, name: str) -> None:
    assert snake_case(operation_id) == name
