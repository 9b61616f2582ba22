"""Breaking changes are found, and compatible ones are not reported."""

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from spec.document import FILE, read_document
from spec.releases import read_release
from spec.tools.breaking import find_breaking_changes
from tests.contract.sample_document import BASE, Node, component, content

GET, POST = ("paths", "/watches", "get"), ("paths", "/watches", "post")
LIMIT = (*GET, "parameters", 0)
SCHEMAS = ("components", "schemas")
WATCH, INPUT = (*SCHEMAS, "Watch"), (*SCHEMAS, "WatchInput")
REMOVED = object()

Edit = Callable[[Node], None]


def put(*path: Any, to: Any = REMOVED) -> Edit:
    """Replace or remove the value at a path."""

    def edit(document: Node) -> None:
        *parents, last = path
        for key in parents:
            document = document[key]
        if to is REMOVED:
            del document[last]
        else:
            document[last] = copy.deepcopy(to)

    return edit


def rename(*path: Any, to: str) -> Edit:
    def edit(document: Node) -> None:
        *parents, last = path
        for key in parents:
            document = document[key]
        document[to] = document.pop(last)

    return edit


BREAKING: list[tuple[Edit, list[str]]] = [
    (put("paths", "/health"), ["GET /health: removed"]),
    (put(*POST), ["POST /watches: removed"]),
    (put("webhooks", "watch.sold"), ["POST watch.sold: removed"]),
    (put(*GET, "operationId", to="list"), ["GET /watches: operationId changed from listWatches to list"]),
    (put("paths", "/health", "get", "security"), ["GET /health: authentication that was sufficient no longer is"]),
    (put("security", to=[{"apiKey": [], "mtls": []}]),
     ["GET /watches: authentication that was sufficient no longer is",
      "POST /watches: authentication that was sufficient no longer is"]),
    (put(*GET, "parameters", to=[]), ["GET /watches limit: parameter removed"]),
    (put(*LIMIT, "required", to=True), ["GET /watches limit: parameter is now required"]),
    (put(*LIMIT, "explode", to=False),
     ["GET /watches limit: serialization changed from style form with explode true to style form with explode false"]),
    (put(*LIMIT, "schema", "maximum", to=50), ["GET /watches limit: maximum changed from 100 to 50"]),
    (put(*LIMIT, "schema", "default", to=50), ["GET /watches limit: default changed from 25 to 50"]),
    (put(*POST, "requestBody", "required", to=True), ["POST /watches body: body is now required"]),
    (rename(*POST, "requestBody", "content", "application/json", to="text/csv"),
     ["POST /watches body: media type application/json removed"]),
    (rename(*POST, "responses", "201", to="200"),
     ["POST /watches 200: response status added", "POST /watches 201: response status removed"]),
    (put(*POST, "responses", "422", to={}), ["POST /watches 422: response status added"]),
    (put(*GET, "responses", "200", "headers"), ["GET /watches 200 etag: header removed"]),
    (put(*GET, "responses", "200", "headers", "ETag", "schema", "type", to="integer"),
     ["GET /watches 200 etag: type changed from string to integer"]),
    (put(*GET, "responses", "200", "headers", "ETag", "required"),
     ["GET /watches 200 etag: header is no longer always present"]),
    (put("webhooks", "watch.sold", "post", "parameters", 0, "required"),
     ["POST watch.sold signature: header is no longer always present"]),
    (put("webhooks", "watch.sold", "post", "operationId", to="sold"),
     ["POST watch.sold: operationId changed from watchSold to sold"]),
    (put("webhooks", "watch.sold", "post", "parameters", to=[]), ["POST watch.sold signature: header removed"]),
    # requests
    (put(*INPUT, "required", to=["price", "note"]), ["WatchInput.note: field is now required"]),
    (put(*INPUT, "properties", "movement"), ["WatchInput.movement: field removed"]),
    (put(*INPUT, "properties", "movement", "enum", to=["manual"]),
     ["WatchInput.movement: value quartz is no longer accepted"]),
    (put(*INPUT, "properties", "note", "enum", to=["a"]), ["WatchInput.note: only some values are accepted now"]),
    (put(*INPUT, "properties", "note", "type", to="string"), ["WatchInput.note: null is no longer accepted"]),
    (put(*INPUT, "properties", "price", "type", to="integer"),
     ["WatchInput.price: type changed from number to integer"]),
    (put(*INPUT, "properties", "price", "maximum", to=900), ["WatchInput.price: maximum changed from 1000 to 900"]),
    (put(*INPUT, "properties", "price", "minimum", to=1), ["WatchInput.price: minimum changed from 0 to 1"]),
    (put(*INPUT, "properties", "note", "minLength", to=1), ["WatchInput.note: minLength changed from none to 1"]),
    (put(*INPUT, "properties", "note", "pattern", to="^a"), ["WatchInput.note: pattern changed from none to ^a"]),
    (put(*INPUT, "properties", "labels", "maxProperties", to=4),
     ["WatchInput.labels: maxProperties changed from 5 to 4"]),
    (put(*INPUT, "properties", "labels", "additionalProperties", "maxLength", to=8),
     ["WatchInput.labels[additionalProperties]: maxLength changed from 9 to 8"]),
    (put(*INPUT, "allOf", to=[{"minProperties": 1}]),
     ["WatchInput: allOf changed; review it by hand"]),
    # responses
    (put(*WATCH, "properties", "year"), ["Watch.year: field removed"]),
    (rename(*WATCH, "properties", "year", to="built"), ["Watch.year: field removed"]),
    (put(*INPUT, "properties", "labels", "additionalProperties", to=False),
     ["WatchInput.labels: unknown fields are now rejected"]),
    (put(*WATCH, "properties", "parts", "items"), ["Watch.parts[items]: type changed from object to any"]),
    (put(*WATCH, "properties", "only", to={"oneOf": [component("Buyer"), {"type": "null"}]}),
     ["Watch.only: may now be null"]),
    (put(*WATCH, "required", to=["id"]), ["Watch.price: field is no longer always present"]),
    (put(*WATCH, "properties", "price", "type", to="string"), ["Watch.price: type changed from number to string"]),
    (put(*WATCH, "properties", "id", "type", to=["string", "null"]), ["Watch.id: may now be null"]),
    (put(*WATCH, "properties", "id", "maxLength", to=50), ["Watch.id: maxLength changed from 40 to 50"]),
    (put(*WATCH, "properties", "id", "pattern"), ["Watch.id: pattern changed from ^inv_ to none"]),
    (put(*WATCH, "properties", "year", "maximum"), ["Watch.year: maximum changed from 2100 to none"]),
    (put(*WATCH, "properties", "buyer", "oneOf", 0, to=component("State")),
     ["Watch.buyer: type changed from object to string"]),
    (put(*SCHEMAS, "State", "enum", to=["in_stock", "sold", "lent"]), ["State: value lent is new in a closed enum"]),
    (put(*SCHEMAS, "State", "enum"), ["State: any value is possible now"]),
    (put(*SCHEMAS, "Buyer", "required", to=[]), ["Buyer.name: field is no longer always present"]),
    (put(*SCHEMAS, "Kind", "enum", to=["yours", "ours", "theirs"]), ["Kind: value theirs is new in a closed enum"]),
    (put(*SCHEMAS, "Sold", "properties", "event", "const", to="sold"),
     ["Sold.event: value sold is new in a closed enum"]),
    (put(*SCHEMAS, "ErrorCode", "enum", to=["gone"]), ["ErrorCode: value busy removed"]),
    (put(*SCHEMAS, "ErrorCode", "x-http-status", "gone", to=410),
     ["ErrorCode gone: x-http-status changed from 404 to 410"]),
    (put(*SCHEMAS, "WebhookEvent", "oneOf", to=[]), ["WebhookEvent: value watch.sold removed"]),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "found"), BREAKING, ids=lambda value: value[0] if isinstance(value, list) else "")
def test_breaking_change_is_found(edit: Edit, found: list[str]) -> None:
    later = copy.deepcopy(BASE)
    edit(later)
    assert find_breaking_changes(BASE, later) == found


def add_event(document: Node) -> None:
    document["components"]["schemas"]["Lent"] = {**BASE["components"]["schemas"]["Sold"]}
    union = document["components"]["schemas"]["WebhookEvent"]
    union["oneOf"].append(component("Lent"))
    union["discriminator"]["mapping"]["watch.lent"] = "#/components/schemas/Lent"


COMPATIBLE: dict[str, Edit] = {
    "a new operation": put("paths", "/new", to={"get": {"responses": {}}}),
    "a new webhook": put("webhooks", "watch.lent", to={"post": {"responses": {}}}),
    "a new event in the union": add_event,
    "a new error code": put(*SCHEMAS, "ErrorCode", "enum", to=["gone", "busy", "late"]),
    "a new error where a default was documented": put(*GET, "responses", "409", to=content(component("Problem"))),
    "a removed error": put(*GET, "responses", "404"),
    "a new optional parameter": put(*GET, "parameters", 1, to=None),
    "a style that was the default": put(*LIMIT, "style", to="form"),
    "a wider parameter": put(*LIMIT, "schema", "maximum", to=200),
    "no key required": put(*GET, "security", to=[]),
    "a new header": put(*GET, "responses", "200", "headers", "Link", to={"schema": {"type": "string"}}),
    "a new optional request field": put(*INPUT, "properties", "model", to={"type": "string"}),
    "a request field that is now optional": put(*INPUT, "required", to=[]),
    "a new request value": put(*INPUT, "properties", "movement", "enum", to=["manual", "quartz", "tuning_fork"]),
    "null accepted in a request": put(*INPUT, "properties", "price", "type", to=["number", "null"]),
    "a wider request limit": put(*INPUT, "properties", "note", "maxLength", to=300),
    "unknown request fields accepted": put(*INPUT, "additionalProperties"),
    "a new response field": put(*WATCH, "properties", "colour", to={"type": "string"}),
    "a response field that is now always present": put(*WATCH, "required", to=["id", "price", "year"]),
    "a new response field that is always present": put(*SCHEMAS, "Buyer", "required", to=["name", "vat_id"]),
    "a response field that is no longer null": put(*WATCH, "properties", "year", "type", to="integer"),
    "a response object that is no longer null": put(*WATCH, "properties", "buyer", to=component("Buyer")),
    "an integer instead of a number": put(*WATCH, "properties", "price", "type", to="integer"),
    "a narrower response limit": put(*WATCH, "properties", "id", "maxLength", to=30),
    "a removed response value": put(*SCHEMAS, "State", "enum", to=["sold"]),
    "another description": put(*WATCH, "description", to="A watch."),
}


@pytest.mark.parametrize("edit", COMPATIBLE.values(), ids=COMPATIBLE)
def test_compatible_change_is_not_reported(edit: Edit) -> None:
    later = copy.deepcopy(BASE)
    later["paths"]["/watches"]["get"]["parameters"].append({"name": "new", "in": "query", "schema": {"type": "string"}})
    later["components"]["schemas"]["Buyer"]["properties"]["vat_id"] = {"type": "string"}
    if edit is not COMPATIBLE["a new optional parameter"]:
        edit(later)
    assert find_breaking_changes(BASE, later) == []


def test_document_is_compatible_with_its_release() -> None:
    version = read_document()["info"]["version"]
    assert find_breaking_changes(read_release(version), read_document()) == []


def test_real_document_is_compared_at_every_depth() -> None:
    later = copy.deepcopy(read_document())
    schemas = later["components"]["schemas"]
    schemas["Address"]["properties"]["country"]["type"] = "integer"
    schemas["PingTrigger"]["enum"].append("cron")
    schemas["AddressInput"]["properties"]["city"]["maxLength"] = 3
    schemas["ErrorDetail"]["required"].remove("code")
    places = [line.partition(":")[0] for line in find_breaking_changes(read_document(), later)]
    assert places == ["Address.country", "AddressInput.city", "ErrorDetail.code", "PingTrigger"]


def compare(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "spec.tools.breaking", *map(str, arguments)]
    return subprocess.run(command, cwd=FILE.parent.parent, capture_output=True, text=True, timeout=60, check=False)


def test_command_lists_breaking_changes_and_exits_with_1(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    later = copy.deepcopy(BASE)
    put(*WATCH, "properties", "year")(later)
    old.write_text(json.dumps(BASE))
    new.write_text(json.dumps(later))
    result = compare(old, new)
    assert (result.returncode, result.stdout) == (1, "Watch.year: field removed\n")
    assert (compare(old, old).returncode, compare(old, old).stdout) == (0, "No breaking changes.\n")
    assert compare().returncode == 2
