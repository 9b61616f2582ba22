"""Writes: every method except GET and HEAD.

A write is idempotent, runs in one transaction and is never live in test mode.

The API itself has no PUT, PATCH or DELETE. These tests put one operation for each method into the real document, in
place of its own, and run it through the real layers.
"""

import copy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import pytest
import requests
from limits.storage import storage_from_string

from contract.app import create_api
from errors import Refusal
from handlers.auth import authorize
from models.customer import Customer
from models.dealer import Actor
from spec.document import Node, read_document
from tests.cast import Cast
from tests.client import error_of
from tests.hub import serve_app

WRITES = ("POST", "PUT", "PATCH", "DELETE")
ANY_OBJECT = {"content": {"application/json": {"schema": {"type": "object", "additionalProperties": True}}}}
KEY = {"$ref": "#/components/parameters/IdempotencyKey"}


def write_operation(operation_id: str, **changes: Any) -> Node:
    operation: Node = {
        "operationId": operation_id,
        "tags": ["Shop notes"],
        "parameters": [KEY],
        "requestBody": {"required": True, **ANY_OBJECT},
        "responses": {"200": {"description": "The note.", **ANY_OBJECT}},
    }
    return {name: value for name, value in (operation | changes).items() if value is not None}


def document_with(path_item: Node) -> Node:
    """The real document with one path instead of its own, so that it starts fast."""
    document = copy.deepcopy(read_document())
    document["tags"].append({"name": "Shop notes", "description": "Notes of a shop."})
    document["paths"] = {"/shop_notes": path_item}
    return document


PATH_ITEM = {
    "get": write_operation("readNote", parameters=[], requestBody=None),
    **{method.lower(): write_operation(f"{method.lower()}Note") for method in WRITES},
}


def api_with(path_item: Node, wake_worker: Callable[[str], None] = lambda _: None) -> Any:
    return create_api(document_with(path_item), wake_worker, authorize, storage_from_string("async+memory://"))


def write_note(actor: Actor, body: Node) -> Node:
    """Creates a customer, then fails if the request says so."""
    customer, _ = Customer.upsert(actor, {"email": body["email"]})
    if body.get("fails") == "refusal":
        raise Refusal("listing_not_available", "This watch is sold.")
    if body.get("fails") == "bug":
        raise RuntimeError("A bug in a handler.")
    return {"id": customer.id}


def shop_note_handlers() -> Any:
    """A handler module for the tag `Shop notes`, which the resolver finds in `sys.modules`."""
    module: Any = ModuleType("handlers.shop_notes")
    module.read_note = lambda: {"read": True}
    for name in ("write", *WRITES):
        setattr(module, f"{name.lower()}_note", write_note)
    return module


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> Any:
    module = shop_note_handlers()
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return module


@dataclass
class Api:
    """The served API, and the dealers whose worker it woke."""

    url: str
    woken: list[str] = field(default_factory=list)

    def send(self, method: str, api_key: str, *, key: str = "one", **body: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {api_key}", "Idempotency-Key": key}
        return requests.request(method, f"{self.url}/shop_notes", json=body, headers=headers, timeout=20)


@pytest.fixture(scope="module")
def served() -> Iterator[Api]:
    """One server for all tests: starting one takes half a second."""
    woken: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "handlers.shop_notes", shop_note_handlers())
        middleware = api_with(PATH_ITEM, woken.append).middleware
    with serve_app(middleware) as server:
        yield Api(server.url, woken)


@pytest.fixture
def shop_notes(served: Api) -> Api:
    served.woken.clear()
    return served


def emails() -> list[str]:
    return sorted(str(customer.email) for customer in Customer.select())


def test_tag_of_two_words_names_its_module(shop_notes: Api, cast: Cast) -> None:
    assert shop_notes.send("GET", cast.owner.test_key).json() == {"read": True}
    assert shop_notes.woken == []


@pytest.mark.parametrize("method", WRITES)
def test_repeated_write_is_carried_out_once(shop_notes: Api, cast: Cast, method: str) -> None:
    first, second = (shop_notes.send(method, cast.owner.test_key, email="anna@shop.example") for _ in range(2))
    assert (first.status_code, "Idempotent-Replay" in first.headers) == (200, False)
    assert (second.content, second.headers["Idempotent-Replay"]) == (first.content, "true")
    other = shop_notes.send(method, cast.owner.test_key, email="bea@shop.example")
    assert error_of(other) == (409, "key_reused_with_different_body", "Idempotency-Key")
    assert emails() == ["anna@shop.example"]


def test_key_belongs_to_one_method(shop_notes: Api, cast: Cast) -> None:
    sent = [shop_notes.send(method, cast.owner.test_key, email=f"{method.lower()}@shop.example") for method in WRITES]
    assert ["Idempotent-Replay" in response.headers for response in sent] == [False] * 4
    assert len(emails()) == 4


@pytest.mark.parametrize("method", WRITES)
def test_write_without_a_key_is_rejected(shop_notes: Api, cast: Cast, method: str) -> None:
    headers = {"Authorization": f"Bearer {cast.owner.test_key}"}
    body = {"email": "anna@shop.example"}
    response = requests.request(method, f"{shop_notes.url}/shop_notes", json=body, headers=headers, timeout=20)
    assert error_of(response) == (400, "missing_idempotency_key", "Idempotency-Key")
    assert emails() == []


@pytest.mark.parametrize(("fails", "status"), [("refusal", 409), ("bug", 500)])
@pytest.mark.parametrize("method", WRITES)
def test_failed_write_changes_nothing(shop_notes: Api, cast: Cast, method: str, fails: str, status: int) -> None:
    response = shop_notes.send(method, cast.owner.test_key, email="anna@shop.example", fails=fails)
    assert (response.status_code, emails()) == (status, [])


@pytest.mark.parametrize("method", WRITES)
def test_committed_write_wakes_the_worker_once(shop_notes: Api, cast: Cast, method: str) -> None:
    for _ in range(2):
        assert shop_notes.send(method, cast.owner.test_key, email="anna@shop.example").status_code == 200
    assert shop_notes.woken == [cast.owner.dealer.id]


@pytest.mark.parametrize("method", WRITES)
def test_live_key_does_not_write_in_test_mode(shop_notes: Api, cast: Cast, method: str) -> None:
    response = shop_notes.send(method, cast.owner.live_key, email="anna@shop.example")
    assert error_of(response) == (403, "test_mode_active", None)
    assert emails() == []
    assert shop_notes.send("GET", cast.owner.live_key).status_code == 200


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_operation_for_test_keys_only_is_declared_in_the_document(cast: Cast, method: str) -> None:
    cast.owner.go_live()
    path_item = copy.deepcopy(PATH_ITEM)
    path_item[method.lower()]["x-test-key-only"] = True
    with serve_app(api_with(path_item).middleware) as server:
        api = Api(server.url)
        rejected = api.send(method, cast.owner.live_key, email="anna@shop.example")
        assert error_of(rejected) == (403, "test_key_required", None)
        assert api.send(method, cast.owner.test_key, email="anna@shop.example").status_code == 200
        assert api.send("PUT", cast.owner.live_key, email="bea@shop.example").status_code == 200


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"security": []}, "requires an API key"),
        ({"security": [{}, {"apiKey": []}]}, "requires an API key"),
        ({"parameters": []}, "requires the Idempotency-Key parameter"),
    ],
    ids=["public", "optional key", "no idempotency"],
)
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_unprotected_write_is_rejected_at_start(method: str, changes: Node, reason: str) -> None:
    with pytest.raises(ValueError, match=f"Invalid operation writeNote: a write {reason}"):
        api_with({method.lower(): write_operation("writeNote", **changes)})


def test_optional_idempotency_key_is_rejected_at_start() -> None:
    optional = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string"}}
    with pytest.raises(ValueError, match="requires the Idempotency-Key parameter"):
        api_with({"put": write_operation("putNote", parameters=[optional])})


@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_async_write_is_rejected_at_start(handlers: Any, method: str) -> None:
    async def write(actor: Actor, body: Node) -> Node:
        return {}

    handlers.write_note = write
    with pytest.raises(ValueError, match="Invalid operation writeNote: a write runs in a transaction"):
        api_with({method.lower(): write_operation("writeNote")})
