"""Operator tasks: replay for a receiver that lost its data, verification of a rotation, erasure of a customer."""

import json
from collections.abc import Callable
from typing import Any

from click.testing import CliRunner

from cli import wth
from models.customer import Customer
from tests.cast import Cast
from tests.client import Client
from tests.receiver import Receiver
from webhooks import signing


def run(*arguments: str) -> dict[str, Any]:
    result = CliRunner().invoke(wth, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_replay_missing_resends_the_events_after_a_sequence(
    cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    endpoint, _ = cast.owner.endpoint(receiver.url)
    cast.owner.listings(3)
    deliver()
    first = [delivered.event["id"] for delivered in receiver.deliveries]
    assert run("endpoint", "replay-missing", endpoint.id, "--after", "1", "--mode", "test")["replayed"] == 2
    deliver()
    assert [delivered.event["id"] for delivered in receiver.deliveries] == first + first[1:]


def test_test_event_verifies_a_rotation_with_the_new_secret_only(
    cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    endpoint, old = cast.owner.endpoint(receiver.url)
    new = run("endpoint", "rotate", endpoint.id)["secret"]
    run("endpoint", "test", endpoint.id, "--new-secret-only")
    deliver()
    [delivered] = receiver.deliveries
    header, at = delivered.headers["WTH-Signature"], int(delivered.headers["webhook-timestamp"])
    assert signing.verify(header=header, body=delivered.body, secrets=[new], now=at).is_valid
    assert not signing.verify(header=header, body=delivered.body, secrets=[old], now=at).is_valid


def test_erased_customer_is_gone_but_the_delivery_log_remains(
    api: Client, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    order = api.order(cast.owner.listing().id, customer={"email": "ada.erased@shop.example", "first_name": "Adalgisa"})
    deliver()
    counts = run("customer", "erase", order.json()["customer"]["id"], "--yes")
    assert (counts["orders"], counts["events"]) == (1, 1)
    for path in ("/customers", "/orders", "/events"):
        assert "Adalgisa" not in api.get(path).text
        assert "ada.erased" not in api.get(path).text
    [event] = api.list_all("/events", type="order.received")
    assert api.get(f"/events/{event['id']}").json()["deliveries"][0]["state"] == "succeeded"


def test_erasing_asks_for_confirmation(cast: Cast) -> None:
    customer, _ = Customer.upsert(cast.owner.actor(), {"email": "keep@shop.example"})
    result = CliRunner().invoke(wth, ["customer", "erase", customer.id], input="n\n")
    assert result.exit_code == 1
    assert Customer.get_by_id(customer.id).email == "keep@shop.example"
