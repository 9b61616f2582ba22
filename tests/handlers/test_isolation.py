"""Tenant isolation: every operation of the spec, with every id of another dealer or mode.

The operations are read from the spec, so a new one is covered automatically. A new kind of id fails these tests until
they know how to create one.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from models.customer import Customer
from models.delivery.event import Event
from models.order import Order
from spec.document import Node, read_document, resolve
from tests.cast import Cast, Person
from tests.client import Client, error_of
from tests.hub import Server
from tests.spec.reading import operations, parameters

DOCUMENT = read_document()
IN_PATHS = [operation for operation in operations(DOCUMENT) if operation.kind == "paths"]
# Operations whose body has filters: a foreign id matches nothing. tests/handlers/test_advance.py tests them.
FILTERING = {"advanceTestDeliveries"}
NOT_ROW_IDS = ("external_id", "vat_id")


@dataclass
class Rows:
    """The ids of one row of each resource of the API."""

    listing: str
    customer: str
    order: str
    event: str

    @classmethod
    def of(cls, person: Person, *, is_test: bool) -> "Rows":
        actor = person.actor(is_test=is_test)
        sold, listing = person.listing(is_test=is_test), person.listing(is_test=is_test)
        customer = Customer.upsert(actor, {"email": "anna@shop.example"})[0]
        fields = {"items": [{"listing_id": sold.id}], "customer": {"id": customer.id}}
        order = Order.place(actor, fields)
        event = Event.get(Event.dealer == person.dealer, Event.is_test == is_test)
        return cls(listing.id, customer.id, order.id, event.id)


@pytest.fixture
def foreign(cast: Cast) -> dict[str, Rows]:
    """Rows that the owner's test key must not see: the stranger's, and the owner's own live ones."""
    return {
        "another dealer": Rows.of(cast.stranger, is_test=True),
        "the other mode": Rows.of(cast.owner, is_test=False),
        "another dealer's other mode": Rows.of(cast.stranger, is_test=False),
    }


@pytest.fixture
def owned(cast: Cast) -> Rows:
    return Rows.of(cast.owner, is_test=True)


def is_row_id(name: str) -> bool:
    return (name == "id" or name.endswith("_id")) and name not in NOT_ROW_IDS


def with_id(place: str) -> list[Any]:
    """Return (verb, route, parameter) of all path parameters, or of the ids among query parameters."""
    names = [(op, p["name"]) for op in IN_PATHS for p in parameters(DOCUMENT, op) if p["in"] == place]
    ids = [(op, name) for op, name in names if place == "path" or is_row_id(name)]
    return [pytest.param(op.verb, op.route, name, id=f"{op.node['operationId']}-{name}") for op, name in ids]


@pytest.mark.parametrize(("verb", "route", "name"), with_id("path"))
def test_foreign_id_in_a_path_is_a_404(
    api: Client, foreign: dict[str, Rows], owned: Rows, verb: str, route: str, name: str
) -> None:
    noun = name.removesuffix("_id")
    for rows in foreign.values():
        path = route.replace("{" + name + "}", getattr(rows, noun))
        response = api.post(path) if verb == "post" else api.session.request(verb, api.url + path)
        assert error_of(response) == (404, f"{noun}_not_found", None)
    path = route.replace("{" + name + "}", getattr(owned, noun))
    assert (api.post(path) if verb == "post" else api.get(path)).status_code == 200


@pytest.mark.parametrize(("verb", "route", "name"), with_id("query"))
def test_foreign_id_in_a_filter_finds_nothing(
    api: Client, foreign: dict[str, Rows], owned: Rows, verb: str, route: str, name: str
) -> None:
    assert verb == "get"
    nouns = ("listing", "customer", "order") if name == "resource_id" else (name.removesuffix("_id"),)
    for noun in nouns:
        assert not [rows for rows in foreign.values() if api.list_all(route, **{name: getattr(rows, noun)})]
    sold = api.get(f"/orders/{owned.order}").json()["items"][0]["listing_id"]
    assert api.list_all(route, **{name: sold})


def order_of(listing_id: str, customer: Node) -> Node:
    return {"items": [{"listing_id": listing_id}], "customer": customer}


# By operation and path of an id in its body: a body with this id from `rows` and all others from `owned`
BODIES: dict[tuple[str, str], Callable[[Rows, Rows], Node]] = {
    ("createOrder", "$.items[0].listing_id"): lambda owned, rows: order_of(rows.listing, {"id": owned.customer}),
    ("createOrder", "$.customer.id"): lambda owned, rows: order_of(owned.listing, {"id": rows.customer}),
    ("triggerTestEvent", "$.data.items[0].listing_id"): lambda owned, rows: {
        "type": "order.received",
        "data": order_of(rows.listing, {"id": owned.customer}),
    },
    ("triggerTestEvent", "$.data.customer.id"): lambda owned, rows: {
        "type": "order.received",
        "data": order_of(owned.listing, {"id": rows.customer}),
    },
}


def ids_in(schema: Node, at: str = "$") -> Iterator[str]:
    """Yield the JSON paths of row ids in a body's schema: properties called `id` or `…_id`."""
    schema = resolve(DOCUMENT, schema)
    for variant in schema.get("oneOf", ()):
        yield from ids_in(variant, at)
    if "items" in schema:
        yield from ids_in(schema["items"], f"{at}[0]")
    for name, node in schema.get("properties", {}).items():
        if is_row_id(name):
            yield f"{at}.{name}"
        yield from ids_in(node, f"{at}.{name}")


def with_id_in_body() -> list[Any]:
    bodies = [
        (op, op.node["requestBody"]["content"]["application/json"]) for op in IN_PATHS if "requestBody" in op.node
    ]
    bodies = [(op, media) for op, media in bodies if op.node["operationId"] not in FILTERING]
    places = [(op, at) for op, media in bodies for at in ids_in(media["schema"])]
    return [
        pytest.param(op.route, op.node["operationId"], at, id=f"{op.node['operationId']}-{at}") for op, at in places
    ]


@pytest.mark.parametrize(("route", "operation_id", "at"), with_id_in_body())
def test_foreign_id_in_a_body_is_a_404_and_changes_nothing(
    api: Client, foreign: dict[str, Rows], owned: Rows, route: str, operation_id: str, at: str
) -> None:
    noun = at.rpartition(".")[2].removesuffix("_id") if at.endswith("_id") else at.split(".")[-2]
    events = len(api.list_all("/events"))
    for rows in foreign.values():
        rejected = api.post(route, BODIES[operation_id, at](owned, rows))
        assert error_of(rejected) == (404, f"{noun}_not_found", at)
    assert len(api.list_all("/events")) == events
    assert api.get(f"/listings/{owned.listing}").json()["status"] == "in_stock"


def lists() -> list[Any]:
    gets = [op for op in IN_PATHS if op.verb == "get" and "{" not in op.route]
    return [op.route for op in gets if any(p["name"] == "limit" for p in parameters(DOCUMENT, op))]


@pytest.mark.parametrize("route", lists())
def test_list_contains_rows_of_one_dealer_and_mode_only(
    server: Server, cast: Cast, foreign: dict[str, Rows], owned: Rows, route: str
) -> None:
    keys = [key for person in (cast.owner, cast.stranger) for key in (person.test_key, person.live_key)]
    seen = [{row["id"] for row in Client(server.url, key).list_all(route, limit=2)} for key in keys]
    assert all(seen)
    assert len(set.union(*seen)) == sum(len(ids) for ids in seen)


def test_foreign_customer_is_not_matched(api: Client, foreign: dict[str, Rows]) -> None:
    response = api.post("/customers", {"email": "anna@shop.example"})
    assert (response.status_code, response.json()["matched_by"]) == (201, None)


def test_two_dealers_and_both_modes_may_use_one_external_id(server: Server, cast: Cast) -> None:
    for person in (cast.owner, cast.stranger):
        person.go_live()
        for is_test, key in ((True, person.test_key), (False, person.live_key)):
            order = Client(server.url, key).order(person.listing(is_test=is_test).id, external_id="web-1")
            assert order.status_code == 201


def test_missing_row_looks_like_a_foreign_row(api: Client, foreign: dict[str, Rows]) -> None:
    foreign_id = foreign["another dealer"].listing
    missing_id = "inv_" + "0" * 24
    errors = [api.get(f"/listings/{listing_id}").json()["error"] for listing_id in (foreign_id, missing_id)]
    assert [error.pop("request_id") for error in errors]
    assert str(errors[0]).replace(foreign_id, missing_id) == str(errors[1])
