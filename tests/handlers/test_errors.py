"""The error catalogue: every code is returned by some request, with the status and type of the spec."""

import logging
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from requests import Response

import config
from models.accounts.api_key import ApiKey
from models.customer import Customer
from spec.document import read_document
from tests.cast import Cast
from tests.client import Client, error_of
from tests.handlers.database_conditions import (
    concurrent_writer,
    corrupt_photos,
    drop_connections,
    exhausted_pool,
    short_lock_timeout,
)
from tests.handlers.error_cases import ERROR_CASES, Stage
from tests.hub import Server
from tests.spec.reading import examples

CATALOGUE = read_document()["components"]["schemas"]["ErrorCode"]


def errors_in(value: Any) -> Iterator[dict[str, Any]]:
    """Every error object within an example."""
    if isinstance(value, list):
        for each in value:
            yield from errors_in(each)
    elif isinstance(value, dict):
        if value.get("code") in CATALOGUE["enum"]:
            yield value
        yield from errors_in(list(value.values()))


EXAMPLES = [error for _, _, value in examples(read_document()) for error in errors_in(value)]


@pytest.fixture
def stage(server: Server, guarded: Server, cast: Cast, address: str) -> Stage:
    return Stage(server, guarded, cast, address)


@pytest.mark.parametrize("code", CATALOGUE["enum"])
def test_code_is_reached_with_its_status_type_and_param(stage: Stage, code: str) -> None:
    send, param = ERROR_CASES[code]
    response = send(stage)
    assert error_of(response) == (CATALOGUE["x-http-status"][code], code, param)
    error = response.json()["error"]
    assert error["type"] == CATALOGUE["x-error-type"][code]
    assert error["doc_url"] == f"http://hub.test/docs/api/errors#{code}"
    assert re.fullmatch(r"[A-Z][^\n]{10,200}\.", error["message"])
    assert list(response.json()) == ["error"]
    assert response.headers["Content-Type"] == "application/json"
    assert_leaks_nothing(stage, response.text)


def assert_leaks_nothing(stage: Stage, text: str) -> None:
    people = (stage.cast.owner, stage.cast.stranger)
    keys = [key for person in people for key in (person.test_key, person.live_key)]
    internals = ("Traceback", 'File "', ".py", "Error(", "SELECT", "sqlite", "psycopg", "peewee", str(config.DATA_DIR))
    assert not [word for word in (*keys, *internals) if word in text]


def test_every_case_is_in_the_catalogue() -> None:
    assert set(ERROR_CASES) == set(CATALOGUE["enum"])


def general(text: str | None) -> str | None:
    """A message or param without the ids and numbers that differ between requests."""
    return text and re.sub(r"inv_\w+|\d+", "…", text)


@pytest.mark.parametrize("code", sorted({error["code"] for error in EXAMPLES} - {"validation_failed"}))
def test_examples_of_a_code_have_the_message_that_is_sent(stage: Stage, code: str) -> None:
    send, _ = ERROR_CASES[code]
    message = send(stage).json()["error"]["message"]
    assert {general(error["message"]) for error in EXAMPLES if error["code"] == code} == {general(message)}


def order_for_two_customers(stage: Stage) -> Response:
    buyer = {"email": "anna@shop.example", "external_id": "crm-1"}
    for name, value in buyer.items():
        Customer.upsert(stage.cast.owner.actor(), {name: value})
    return stage.api.order(stage.listing_id(), customer=buyer)


# The same codes for another place of the request.
IN_AN_ORDER: dict[str, Callable[[Stage], Response]] = {
    "listing_not_found": lambda stage: stage.api.order("inv_unknown"),
    "customer_not_found": lambda stage: stage.api.order(stage.listing_id(), customer={"id": "cus_unknown"}),
    "customer_ambiguous": order_for_two_customers,
}


@pytest.mark.parametrize("code", sorted({error["code"] for error in EXAMPLES} - {"validation_failed"}))
def test_examples_of_a_code_have_the_param_that_is_sent(stage: Stage, code: str) -> None:
    sent = {ERROR_CASES[code][1]}
    if code in IN_AN_ORDER:
        sent.add(IN_AN_ORDER[code](stage).json()["error"]["param"])
    shown = {error["param"] for error in EXAMPLES if error["code"] == code}
    # a triggered action has its fields below `data`; tests/handlers/test_trigger.py sends them
    shown = {param and param.replace("$.data", "$", 1) for param in shown}
    assert {general(param) for param in shown} == {general(param) for param in sent}


def same_listing_twice(stage: Stage) -> Response:
    return stage.api.order(*[stage.listing_id()] * 2)


def bulk_upsert_with_a_wrong_phone(stage: Stage) -> Response:
    rows = [{"email": "a@b.example"}, {"email": "c@d.example"}, {"email": "e@f.example", "phone": "0888"}]
    return stage.api.post("/customers/bulk", {"customers": rows})


INVALID: dict[str, Callable[[Stage], Response]] = {
    "publishd": lambda stage: stage.api.get("/me", publishd="true"),
    "limit": lambda stage: stage.api.get("/listings", limit=101),
    "$.items[1].listing_id": same_listing_twice,
    "$.customers[2].phone": bulk_upsert_with_a_wrong_phone,
}


@pytest.mark.parametrize(
    "error", [each for each in EXAMPLES if each["code"] == "validation_failed"], ids=lambda error: error["param"]
)
def test_example_of_an_invalid_value_has_the_message_that_is_sent(stage: Stage, error: dict[str, Any]) -> None:
    (sent,) = errors_in(INVALID[error["param"]](stage).json())
    assert (sent["param"], sent["message"]) == (error["param"], error["message"])


def test_internal_error_is_logged_with_its_traceback_and_returned_without(
    api: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    listing = cast.owner.listing()
    corrupt_photos(listing.id, "not JSON")
    with caplog.at_level(logging.ERROR, "wth.api"):
        response = api.get("/listings")
    assert error_of(response) == (500, "internal_error", None)
    assert "JSONDecodeError" not in response.text
    (record,) = (record for record in caplog.records if record.name == "wth.api")
    assert record.exc_info is not None
    assert cast.owner.test_key not in caplog.text


def test_hub_keeps_serving_after_an_internal_error(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    corrupt_photos(listing.id, "not JSON")
    assert api.order(listing.id).status_code == 500
    assert api.list_all("/orders") == []
    corrupt_photos(listing.id, "[]")
    assert api.order(listing.id).status_code == 201


def test_readers_do_not_wait_for_a_writer(api: Client, cast: Cast) -> None:
    cast.owner.listing()
    api.get("/me")
    with concurrent_writer():
        assert len(api.list_all("/listings")) == 1
        assert api.get("/health").status_code == 200


def test_first_request_of_a_key_does_not_wait_for_a_writer(api: Client, cast: Cast) -> None:
    """`last_used_at` is written with the request, or later if another writer is active."""
    with concurrent_writer():
        started = time.monotonic()
        assert api.get("/listings").status_code == 200
        assert time.monotonic() - started < 5
    api.get("/listings")
    assert ApiKey.get(ApiKey.dealer == cast.owner.dealer, ApiKey.is_test).last_used_at is not None


def test_write_that_times_out_changes_nothing_and_can_be_repeated(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    api.get("/me")
    with short_lock_timeout(), concurrent_writer():
        rejected = api.order(listing.id, key="one")
    assert error_of(rejected) == (503, "service_unavailable", None)
    assert int(rejected.headers["Retry-After"]) >= 1
    assert api.list_all("/orders") == []
    assert api.order(listing.id, key="one").status_code == 201


@pytest.mark.skipif(config.is_sqlite(), reason="SQLite has no connection pool")
def test_request_without_a_free_connection_is_rejected_with_503(api: Client) -> None:
    with exhausted_pool():
        for path in ("/me", "/health"):
            assert error_of(api.get(path)) == (503, "service_unavailable", None)
    assert api.get("/me").status_code == 200


@pytest.mark.skipif(config.is_sqlite(), reason="SQLite has no connections to drop")
def test_hub_reconnects_to_a_restarted_database(api: Client, cast: Cast) -> None:
    cast.owner.listing()
    assert api.get("/listings").status_code == 200
    drop_connections()
    statuses = [api.get("/listings").status_code for _ in range(20)]
    assert set(statuses) <= {200, 503}
    assert statuses[-1] == 200
