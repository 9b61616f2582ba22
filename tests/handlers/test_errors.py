"""The error catalogue: every code can be reached, and says what the document says of it."""

import logging
import re
import time

import pytest

import config
from models.accounts.api_key import ApiKey
from spec.document import read_document
from tests.cast import Cast
from tests.client import Client, error_of
from tests.handlers.database import cut_connections, short_waits, someone_writes, spoil
from tests.handlers.ways_to_fail import WAYS, Stage
from tests.hub import Server

CATALOGUE = read_document()["components"]["schemas"]["ErrorCode"]


@pytest.fixture
def stage(server: Server, guarded: Server, cast: Cast, address: str) -> Stage:
    return Stage(server, guarded, cast, address)


@pytest.mark.parametrize("code", CATALOGUE["enum"])
def test_code_is_reached_with_its_status_type_and_place(stage: Stage, code: str) -> None:
    way, param = WAYS[code]
    response = way(stage)
    assert error_of(response) == (CATALOGUE["x-http-status"][code], code, param)
    error = response.json()["error"]
    assert error["type"] == CATALOGUE["x-error-type"][code]
    assert error["doc_url"] == f"http://hub.test/docs/api/errors#{code}"
    assert re.fullmatch(r"[A-Z][^\n]{10,200}\.", error["message"])
    assert list(response.json()) == ["error"]
    assert response.headers["Content-Type"] == "application/json"
    assert_tells_no_secret(stage, response.text)


def assert_tells_no_secret(stage: Stage, text: str) -> None:
    people = (stage.cast.owner, stage.cast.stranger)
    keys = [key for person in people for key in (person.test_key, person.live_key)]
    inner = ("Traceback", 'File "', ".py", "Error(", "SELECT", "sqlite", "psycopg", "peewee", str(config.DATA_DIR))
    assert not [word for word in (*keys, *inner) if word in text]


def test_catalogue_has_no_way_to_a_code_that_is_gone() -> None:
    assert set(WAYS) == set(CATALOGUE["enum"])


def test_fault_of_ours_is_logged_with_its_trace_and_told_without(
    api: Client, cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    listing = cast.owner.listing()
    spoil(listing.id, "not JSON")
    with caplog.at_level(logging.ERROR, "wth.api"):
        response = api.get("/listings")
    assert error_of(response) == (500, "internal_error", None)
    assert "JSONDecodeError" not in response.text
    (record,) = (record for record in caplog.records if record.name == "wth.api")
    assert record.exc_info is not None
    assert cast.owner.test_key not in caplog.text


def test_hub_goes_on_after_a_fault(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    spoil(listing.id, "not JSON")
    assert api.order(listing.id).status_code == 500
    assert api.walk("/orders") == []
    spoil(listing.id, "[]")
    assert api.order(listing.id).status_code == 201


def test_readers_do_not_wait_for_a_writer(api: Client, cast: Cast) -> None:
    cast.owner.listing()
    api.get("/me")
    with someone_writes():
        assert len(api.walk("/listings")) == 1
        assert api.get("/health").status_code == 200


def test_first_request_of_a_key_does_not_wait_for_a_writer_either(api: Client, cast: Cast) -> None:
    """The use of a key is noted with the request: later, when others write."""
    with someone_writes():
        started = time.monotonic()
        assert api.get("/listings").status_code == 200
        assert time.monotonic() - started < 5
    api.get("/listings")
    assert ApiKey.get(ApiKey.dealer == cast.owner.dealer, ApiKey.is_test).last_used_at is not None


def test_writer_that_waited_too_long_changed_nothing_and_may_try_again(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    api.get("/me")
    with short_waits(), someone_writes():
        refused = api.order(listing.id, key="one")
    assert error_of(refused) == (503, "service_unavailable", None)
    assert int(refused.headers["Retry-After"]) >= 1
    assert api.walk("/orders") == []
    assert api.order(listing.id, key="one").status_code == 201


@pytest.mark.skipif(config.is_sqlite(), reason="SQLite has no connections that could be cut")
def test_hub_finds_its_way_back_to_a_restarted_database(api: Client, cast: Cast) -> None:
    cast.owner.listing()
    assert api.get("/listings").status_code == 200
    cut_connections()
    answers = [api.get("/listings").status_code for _ in range(20)]
    assert set(answers) <= {200, 503}
    assert answers[-1] == 200
