"""Examples of the document, sent as they stand to a new dealer's sandbox: they work."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from models import sandbox
from models.accounts.api_key import ApiKey
from models.dealer import Actor
from models.delivery.endpoint import Endpoint
from models.onboarding import create_dealer
from spec.document import SAFE_METHODS, read_document
from tests.client import Client, error_of
from tests.hub import Server
from tests.spec.reading import Operation, operations, parameters

DOCUMENT = read_document()
OPERATIONS = [each for each in operations(DOCUMENT) if not each.is_webhook]


@dataclass(frozen=True)
class NewDealer:
    """A dealer on the first day, with a test key and an endpoint."""

    actor: Actor
    api: Client
    live_api: Client


@pytest.fixture
def newcomer(server: Server) -> NewDealer:
    dealer, _ = create_dealer(name="New", email="a@b.example", password="correct horse", tier="business", country="BG")
    Endpoint.register(dealer, "https://shop.example/hooks")
    keys = [ApiKey.generate(dealer, is_test=is_test) for is_test in (True, False)]
    api, live_api = (Client(server.url, key) for key in keys)
    return NewDealer(Actor(dealer, is_test=True, origin="dashboard"), api, live_api)


def send(api: Client, operation: Operation, body: Any = None) -> requests.Response:
    """Send an operation with the examples of all its parameters, as documentation pages fill them in."""
    shown = [each for each in parameters(DOCUMENT, operation) if "example" in each]
    values = {where: {each["name"]: each["example"] for each in shown if each["in"] == where} for where in PLACES}
    path = operation.route.format(**values["path"])
    if operation.verb.upper() in SAFE_METHODS:
        return api.get(path, headers={name: str(value) for name, value in values["header"].items()}, **values["query"])
    return api.post(path, body)


PLACES = ("path", "query", "header")


def bodies(operation: Operation) -> Iterator[Any]:
    content = operation.node.get("requestBody", {}).get("content", {})
    examples = [each["value"] for media in content.values() for each in media["examples"].values()]
    yield from examples or [None]


@pytest.mark.parametrize("is_reset", [False, True], ids=["new sandbox", "sandbox after a reset"])
def test_every_example_works_one_after_the_other(newcomer: NewDealer, is_reset: bool) -> None:
    if is_reset:
        for operation in OPERATIONS:
            for body in bodies(operation):
                send(newcomer.api, operation, body)
        sandbox.reset(newcomer.actor.dealer)
    for operation in OPERATIONS:
        for body in bodies(operation):
            response = send(newcomer.api, operation, body)
            assert response.status_code in (200, 201, 202), (operation.at, response.text)


def test_documented_ids_stand_for_the_samples_of_each_sandbox(newcomer: NewDealer, api: Client) -> None:
    ids = {name: DOCUMENT["components"]["parameters"][name]["example"] for name in ("ListingId", "OrderId")}
    listing = newcomer.api.get(f"/listings/{ids['ListingId']}").json()
    assert (listing["brand"], listing["reference"], listing["is_test"]) == ("Rolex", "124060", True)
    assert newcomer.api.get(f"/listings/{listing['id']}").json() == listing
    order = newcomer.api.get(f"/orders/{ids['OrderId']}").json()
    assert (order["external_id"], order["customer"]["external_id"]) == ("SAMPLE-1", "SAMPLE-1")
    assert error_of(api.get(f"/listings/{listing['id']}"))[1] == "listing_not_found"


@pytest.mark.parametrize("name", ["ListingId", "CustomerId", "OrderId", "EventId"])
def test_documented_ids_do_not_exist_in_live_mode_and_without_a_sandbox(
    newcomer: NewDealer, api: Client, name: str
) -> None:
    parameter = DOCUMENT["components"]["parameters"][name]
    noun = parameter["name"].removesuffix("_id")
    for client in (newcomer.live_api, api):
        assert error_of(client.get(f"/{noun}s/{parameter['example']}")) == (404, f"{noun}_not_found", None)


@pytest.mark.parametrize("noun", ["listing", "customer", "order"])
def test_documented_id_of_another_kind_is_not_found(newcomer: NewDealer, noun: str) -> None:
    names = {"ListingId": "listing", "CustomerId": "customer", "OrderId": "order", "EventId": "event"}
    for name in [name for name, own in names.items() if own != noun]:
        other = DOCUMENT["components"]["parameters"][name]["example"]
        assert error_of(newcomer.api.get(f"/{noun}s/{other}"))[1] == f"{noun}_not_found"
