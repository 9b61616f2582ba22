"""The checker follows docs/versioning.md, on the released document itself."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from spec.document import Node, operations, resolve
from spec.releases import list_releases, read_release
from spec.tools.breaking import find_breaking_changes
from tests.contract.sample_document import component
from tests.spec.tools.test_breaking import SCHEMAS, Edit, put, rename

RELEASED = read_release(list_releases()[0])
ORDERS, LISTINGS = ("paths", "/orders", "post"), ("paths", "/listings", "get")
LISTING, INPUT = (*SCHEMAS, "Listing"), (*SCHEMAS, "CustomerInput")
SAMPLES = 5


def rename_schema(old: str, new: str) -> Edit:
    def edit(document: Node) -> None:
        schemas = document["components"]["schemas"]
        schemas[new] = schemas.pop(old)
        for node in list(list_objects(document)):
            if node.get("$ref") == f"#/components/schemas/{old}":
                node["$ref"] = f"#/components/schemas/{new}"

    return edit


def move_parameter(document: Node) -> None:
    """Move the parameters of an operation out of the components and up to its path."""
    item = document["paths"]["/listings"]
    item["parameters"] = [resolve(document, parameter) for parameter in item["get"].pop("parameters")]


def add_value(*path: str, value: str) -> Edit:
    def edit(document: Node) -> None:
        values: Any = document
        for key in path:
            values = values[key]
        values.append(value)

    return edit


def add_parameter(*, required: bool) -> Edit:
    parameter = {"name": "new", "in": "query", "required": required, "schema": {"type": "string"}}
    return lambda document: document["paths"]["/listings"]["get"]["parameters"].append(parameter)


ALLOWED: dict[str, Edit] = {
    "an operation": put("paths", "/new", to={"get": {"responses": {}}}),
    "an optional parameter": add_parameter(required=False),
    "an optional request field": put(*INPUT, "properties", "new", to={"type": "string"}),
    "a response field": put(*LISTING, "properties", "new", to={"type": "string"}),
    "an event type": put("webhooks", "listing.lent", to={"post": {"responses": {}}}),
    "a name of an event type": add_value(*SCHEMAS, "WebhookEventType", "enum", value="listing.lent"),
    "an error code": add_value(*SCHEMAS, "ErrorCode", "enum", value="new_code"),
    "an error status": put(*LISTINGS, "responses", "418", to={"description": "New."}),
    "a wider request limit": put(*INPUT, "properties", "notes", "maxLength", to=9000),
    "a request limit that is gone": put(*INPUT, "properties", "notes", "maxLength"),
    "a neutral request limit": put(*INPUT, "properties", "notes", "minLength", to=0),
    "another description": put(*LISTING, "description", to="A watch."),
    "another summary": put(*LISTINGS, "summary", to="List watches"),
    "no examples": put(*LISTINGS, "responses", "200", "content", "application/json", "examples", to={}),
    "responses that do not mention unknown fields": put(*LISTING, "additionalProperties"),
    "a narrower response limit": put(*LISTING, "properties", "year", "minimum", to=1900),
    "a response field that is never null": put(*LISTING, "properties", "year", "type", to="integer"),
    "a renamed schema": rename_schema("Listing", "Watch"),
    "a renamed schema of a request": rename_schema("CustomerInput", "Buyer"),
    "a renamed schema of an error": rename_schema("ErrorDetail", "ApiError"),
    "parameters of the path": move_parameter,
    "another server": put("servers", to=[{"url": "https://hub.example/api/v1"}]),
}  # fmt: skip

BREAKING: dict[str, tuple[Edit, str]] = {
    "an operation": (put(*ORDERS), "POST /orders: removed"),
    "another path": (rename("paths", "/orders", to="/sales"), "POST /orders: removed"),
    "another base path": (put("servers", to=[{"url": "/api/v2"}]), "servers: path /api/v1 removed"),
    "a response field": (put(*LISTING, "properties", "year"), "Listing.year: field removed"),
    "a request field": (put(*INPUT, "properties", "notes"), "CustomerInput.notes: field removed"),
    "a success status": (put(*ORDERS, "responses", "201"), "POST /orders 201: response status removed"),
    "an event type": (put("webhooks", "listing.sold"), "POST listing.sold: removed"),
    "an error code": (
        lambda document: document["components"]["schemas"]["ErrorCode"]["enum"].remove("invalid_json"),
        "ErrorCode: value invalid_json removed",
    ),
    "a required parameter": (add_parameter(required=True), "GET /listings new: parameter is now required"),
    "a required request field": (put(*INPUT, "required", to=["notes"]), "CustomerInput.notes: field is now required"),
    "a narrower request limit": (
        put(*INPUT, "properties", "notes", "maxLength", to=9),
        "CustomerInput.notes: maxLength changed from 5000 to 9",
    ),
    "a default of a body": (
        put(*INPUT, "properties", "notes", "default", to="-"),
        "CustomerInput.notes: default changed from none to -",
    ),
    "another type": (
        put(*LISTING, "properties", "year", "type", to=["string", "null"]),
        "Listing.year: type changed from integer to string",
    ),
    "another format": (
        put(*LISTING, "properties", "created_at", "format", to="date"),
        "Listing.created_at: format changed from date-time to date",
    ),
    "other credentials": (put("security", to=[{"other": []}]), "authentication that was sufficient no longer is"),
}


@pytest.mark.parametrize("edit", ALLOWED.values(), ids=ALLOWED)
def test_change_within_a_version_is_accepted(edit: Edit) -> None:
    later = copy.deepcopy(RELEASED)
    edit(later)
    assert later != RELEASED
    assert find_breaking_changes(RELEASED, later) == []


@pytest.mark.parametrize(("edit", "line"), BREAKING.values(), ids=BREAKING)
def test_breaking_change_is_named_with_its_place(edit: Edit, line: str) -> None:
    later = copy.deepcopy(RELEASED)
    edit(later)
    assert line in "\n".join(find_breaking_changes(RELEASED, later))


def list_objects(value: Any) -> Iterator[Node]:
    """All objects of a document, also those inside lists."""
    if isinstance(value, dict):
        yield value
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from list_objects(child)


def reachable(value: Any, names: set[str]) -> set[str]:
    """Collect the names of all components that a part of the document leads to."""
    for node in list_objects(value):
        name = str(node.get("$ref", "")).removeprefix("#/components/schemas/")
        if "$ref" in node and name not in names:
            names |= {name} if name in RELEASED["components"]["schemas"] else set()
            if node["$ref"] not in names:
                names.add(node["$ref"])
                reachable(resolve(RELEASED, node), names)
    return names


def fields(part: str) -> list[tuple[str, str]]:
    """Component and field of all objects in responses and events, or in request bodies."""
    webhooks = [operation["requestBody"] for _, _, operation in operations(RELEASED, "webhooks")]
    paths = [operation for _, _, operation in operations(RELEASED)]
    roots = {
        "responses": [*webhooks, *(operation["responses"] for operation in paths)],
        "requests": [operation["requestBody"] for operation in paths if "requestBody" in operation],
    }
    schemas = RELEASED["components"]["schemas"]
    names = sorted(reachable(roots[part], set()) & schemas.keys())
    return [(name, field) for name in names for field in schemas[name].get("properties", {})]


def select(part: str, is_wanted: Callable[[Node, str], bool]) -> list[tuple[str, str]]:
    """The fields of a part with this property."""
    schemas = RELEASED["components"]["schemas"]
    found = [(name, field) for name, field in fields(part) if is_wanted(schemas[name], field)]
    assert len(found) > 5, "enough fields to prove something"
    return found


def sample(wanted: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Choose fields at random; pytest-randomly makes the choice repeatable."""
    return random.sample(wanted, min(SAMPLES, len(wanted)))


def is_required(schema: Node, field: str) -> bool:
    return field in schema.get("required", [])


def has_reference(schema: Node, field: str) -> bool:
    return any("$ref" in node for node in list_objects(schema["properties"][field]))


@pytest.mark.parametrize("part", ["responses", "requests"])
def test_every_removed_field_is_breaking(part: str) -> None:
    removed = select(part, lambda schema, field: not has_reference(schema, field))
    later = copy.deepcopy(RELEASED)
    for name, field in removed:
        del later["components"]["schemas"][name]["properties"][field]
    assert find_breaking_changes(RELEASED, later) == sorted(f"{name}.{field}: field removed" for name, field in removed)


@pytest.mark.parametrize("part", ["responses", "requests"])
def test_removed_field_with_a_schema_of_its_own_is_breaking(part: str) -> None:
    """One at a time: without the field, nothing may lead to its schema and the fields in it."""
    for name, field in sample(select(part, has_reference)):
        later = copy.deepcopy(RELEASED)
        del later["components"]["schemas"][name]["properties"][field]
        assert f"{name}.{field}: field removed" in find_breaking_changes(RELEASED, later)


def test_every_required_response_field_must_stay_required() -> None:
    relaxed = select("responses", is_required)
    later = copy.deepcopy(RELEASED)
    for name, field in relaxed:
        later["components"]["schemas"][name]["required"].remove(field)
    assert find_breaking_changes(RELEASED, later) == sorted(
        f"{name}.{field}: field is no longer always present" for name, field in relaxed
    )


def test_no_optional_request_field_may_become_required() -> None:
    required = select("requests", lambda schema, field: not is_required(schema, field))
    later = copy.deepcopy(RELEASED)
    for name, field in required:
        later["components"]["schemas"][name].setdefault("required", []).append(field)
    assert find_breaking_changes(RELEASED, later) == sorted(
        f"{name}.{field}: field is now required" for name, field in required
    )


@pytest.mark.parametrize("part", ["responses", "requests"])
def test_a_new_optional_field_may_be_anywhere(part: str) -> None:
    later = copy.deepcopy(RELEASED)
    for name, _ in fields(part):
        later["components"]["schemas"][name]["properties"]["unknown"] = component("Address")
    assert find_breaking_changes(RELEASED, later) == []


def test_change_behind_a_combination_is_found() -> None:
    earlier = copy.deepcopy(RELEASED)
    earlier["components"]["schemas"]["Listing"]["allOf"] = [component("Address")]
    earlier["components"]["schemas"]["Order"]["not"] = component("Metadata")
    later = copy.deepcopy(earlier)
    del later["components"]["schemas"]["Address"]["properties"]["city"]
    later["components"]["schemas"]["Metadata"]["maxProperties"] = 3
    assert {"Address.city: field removed", "Order: not changed; review it by hand"} <= set(
        find_breaking_changes(earlier, later)
    )


def test_limit_beside_a_reference_is_compared() -> None:
    earlier = copy.deepcopy(RELEASED)
    field = earlier["components"]["schemas"]["CustomerInput"]["properties"]
    field["kind"] = {**component("CurrencyName"), "maxLength": 9}
    earlier["components"]["schemas"]["CurrencyName"] = {"type": "string"}
    later = copy.deepcopy(earlier)
    later["components"]["schemas"]["CustomerInput"]["properties"]["kind"]["maxLength"] = 3
    assert find_breaking_changes(earlier, later) == ["CustomerInput.kind: maxLength changed from 9 to 3"]
