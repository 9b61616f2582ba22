"""Examples: valid, without undocumented fields, consistent with each other."""

import copy
import re
from collections.abc import Iterator
from typing import Any

import pytest

from spec.document import Node, read_document, resolve
from tests.spec.reading import SCHEMAS, Validators, examples, fields, operations, responses

DOCUMENT = read_document()
VALIDATORS = Validators(DOCUMENT)
EXAMPLES = list(examples(DOCUMENT))


@pytest.mark.parametrize(("at", "schema", "value"), EXAMPLES, ids=[at for at, _, _ in EXAMPLES])
def test_example_is_valid(at: str, schema: Node, value: Any) -> None:
    errors = VALIDATORS.of(schema).iter_errors(value)
    assert [f"{at}: {error.instance_path} {error.message}" for error in errors] == []


@pytest.mark.parametrize(("at", "schema", "value"), EXAMPLES, ids=[at for at, _, _ in EXAMPLES])
def test_example_has_only_documented_fields(at: str, schema: Node, value: Any) -> None:
    assert list(undocumented(schema, value, at)) == []


def test_undocumented_field_in_an_example_is_detected() -> None:
    (schema, page) = next((s, copy.deepcopy(v)) for at, s, v in EXAMPLES if at.endswith("/events/get/200/page"))
    page["data"][0]["data"]["items"][0]["colour"] = "black"
    assert list(undocumented(schema, page, "page")) == ["page.data[0].data.items[0].colour"]


def test_every_id_in_an_example_belongs_to_an_example_resource() -> None:
    """Readers of the docs and users of a mock server can look up every id."""
    ids = {resource["id"] for _, _, value in EXAMPLES for resource in resources(value)}
    mentioned = {mention for _, _, value in EXAMPLES for mention in re.findall(r"\b(?:inv|cus|ord)_\w+", str(value))}
    assert mentioned - ids == set()


def test_path_parameters_use_ids_of_example_resources() -> None:
    path_ids = {field["example"] for _, field in fields(DOCUMENT) if field.get("in") == "path"}
    ids = {resource["id"] for _, _, value in EXAMPLES for resource in resources(value)}
    assert len(path_ids) == 4
    assert path_ids <= ids


def test_links_lead_to_operations_with_values_from_the_response() -> None:
    targets = {operation.node["operationId"]: operation.node for operation in operations(DOCUMENT)}
    links = list(response_links())
    assert {link["operationId"] for _, link in links} >= {"getListing", "getOrder", "cancelOrder", "getEvent"}
    for response, link in links:
        names = {resolve(DOCUMENT, each)["name"] for each in targets[link["operationId"]]["parameters"]}
        assert set(link["parameters"]) <= names
        body = next(iter(response["content"]["application/json"]["examples"].values()))["value"]
        assert all(evaluate(body, expression) for expression in link["parameters"].values())


def response_links() -> Iterator[tuple[Node, Node]]:
    for operation in operations(DOCUMENT):
        for _, response in responses(DOCUMENT, operation):
            yield from ((response, link) for link in response.get("links", {}).values())


def evaluate(value: Any, expression: str) -> Any:
    """Evaluate a runtime expression such as `$response.body#/data/0/id`.

    OpenAPI 3.1, section 4.8.20.4.
    """
    for token in expression.removeprefix("$response.body#/").split("/"):
        value = value[int(token) if isinstance(value, list) else token]
    return value


def resources(value: Any) -> Iterator[Node]:
    """Every object with an id within a value."""
    if isinstance(value, list):
        for each in value:
            yield from resources(each)
    elif isinstance(value, dict):
        if "object" in value and "id" in value:
            yield value
        yield from resources(list(value.values()))


def undocumented(schema: Node, value: Any, at: str) -> Iterator[str]:
    schema = variant(schema, value)
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from undocumented(schema["items"], each, f"{at}[{index}]")
    elif isinstance(value, dict) and not schema.keys() & {"properties", "additionalProperties"}:
        yield at
    elif isinstance(value, dict):
        yield from undocumented_fields(schema, value, at)


def undocumented_fields(schema: Node, value: Node, at: str) -> Iterator[str]:
    known = schema.get("properties", {})
    for name, each in value.items():
        if name in known:
            yield from undocumented(known[name], each, f"{at}.{name}")
        elif known or not schema.get("additionalProperties"):
            yield f"{at}.{name}"


def variant(schema: Node, value: Any) -> Node:
    """Resolve references, and choose the variant of a union by the value."""
    schema = resolve(DOCUMENT, schema)
    if "oneOf" not in schema or value is None:
        return schema
    if "discriminator" in schema:
        discriminator = schema["discriminator"]
        name = discriminator["mapping"][value[discriminator["propertyName"]]]
        return variant({"$ref": name}, value)
    return variant(next(each for each in schema["oneOf"] if SCHEMAS in each.get("$ref", "")), value)
