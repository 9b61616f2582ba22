"""The client packages have every operation, error and schema of the document, under names that follow from it."""

import copy
import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from watchtraderhub import errors, models
from watchtraderhub._operations import Operations

from spec.clients.operations import group_operations
from spec.document import read_document

DOCUMENT = read_document()
CATALOGUE = DOCUMENT["components"]["schemas"]["ErrorCode"]


class Recorder:
    """In place of the transport: keeps what each method of the client would send."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str, set[str]]] = []

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> None:
        self.sent.append(("get", path, set(query or {})))

    list = get

    def post(self, path: str, body: Any, idempotency_key: str | None) -> None:
        self.sent.append(("post", path, {"Idempotency-Key"} if idempotency_key else set()))


def call_every_method() -> Iterator[tuple[str, str, set[str]]]:
    recorder = Recorder()
    for group in vars(Operations(recorder)).values():  # type: ignore[arg-type] # it has the methods of a transport
        for name, method in inspect.getmembers(group, inspect.ismethod):
            if not name.startswith("_"):
                method(**{name: f"{{{name}}}" for name in inspect.signature(method).parameters})
    yield from recorder.sent


def test_every_operation_of_the_document_is_a_method_with_its_parameters() -> None:
    expected = []
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            known = [DOCUMENT["components"]["parameters"][node["$ref"].rsplit("/", 1)[1]] if "$ref" in node else node
                     for node in operation.get("parameters", [])]  # fmt: skip
            names = {node["name"] for node in known if node["in"] != "path" and node["name"] != "If-None-Match"}
            expected.append((method, path.replace("{", "%7B").replace("}", "%7D"), names))
    assert sorted(call_every_method(), key=str) == sorted(expected, key=str)


def test_methods_are_named_after_the_operation_without_its_group() -> None:
    names = {
        f"{tag.lower()}.{method.name}" for tag, methods in group_operations(DOCUMENT).items() for method in methods
    }
    assert {"listings.list", "orders.create", "customers.bulk_upsert", "events.get", "integration.get_me"} <= names


def test_two_operations_of_one_name_are_reported() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["paths"]["/orders"]["post"]["operationId"] = "getOrder"
    with pytest.raises(ValueError, match="Orders have the same name"):
        group_operations(document)


@pytest.mark.parametrize("code", CATALOGUE["enum"])
def test_each_code_has_a_class_below_that_of_its_type(code: str) -> None:
    kind = CATALOGUE["x-error-type"][code]
    error = errors.build_error(CATALOGUE["x-http-status"][code], {"error": {"type": kind, "code": code}})
    parent = errors.build_error(400, {"error": {"type": kind, "code": "a_newer_one"}})
    assert type(error) is not type(parent)
    assert isinstance(error, type(parent))
    assert error.code == code


def test_every_schema_has_a_type() -> None:
    assert set(DOCUMENT["components"]["schemas"]) <= set(vars(models))
