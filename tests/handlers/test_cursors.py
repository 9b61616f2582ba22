"""Cursors are opaque, signed and valid only for the list that issued them."""

import string
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.cast import Cast
from tests.client import Client, error_of
from tests.handlers.workload import create_listings
from tests.hub import Server

LONG_AGO = "2000-01-01T00:00:00Z"
INVALID_CURSOR = (400, "invalid_cursor", "after")
LETTERS = string.ascii_letters + string.digits + "-_"


@pytest.fixture
def cursor(api: Client, cast: Cast) -> str:
    """A cursor of the owner's test listings, newest first, without filters."""
    create_listings(cast.owner, 3)
    next_cursor: str = api.get("/listings", limit=1).json()["next_cursor"]
    return next_cursor


def test_cursor_is_valid_for_its_own_list(api: Client, cursor: str) -> None:
    assert api.get("/listings", after=cursor).status_code == 200


@pytest.mark.parametrize("path", ["/customers", "/orders", "/events"])
def test_cursor_of_another_list_is_rejected(api: Client, cursor: str, path: str) -> None:
    assert error_of(api.get(path, after=cursor)) == INVALID_CURSOR


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "in_stock"},
        {"published": "true"},
        {"brand": "Omega"},
        {"reference": "Omega"},
        {"updated_after": LONG_AGO},
    ],
    ids=lambda filters: next(iter(filters)),
)
def test_cursor_of_other_filters_is_rejected(api: Client, cursor: str, filters: dict[str, Any]) -> None:
    assert error_of(api.get("/listings", after=cursor, **filters)) == INVALID_CURSOR
    filtered = api.get("/listings", limit=1, **filters).json()["next_cursor"]
    if filtered is not None:
        assert api.get("/listings", after=filtered, **filters).status_code == 200
        assert error_of(api.get("/listings", after=filtered)) == INVALID_CURSOR


def test_cursor_is_bound_to_the_time_of_updated_after(api: Client, cursor: str) -> None:
    first = api.get("/listings", limit=1, updated_after=LONG_AGO).json()["next_cursor"]
    same_instant = "1999-12-31T23:00:00-01:00"
    assert api.get("/listings", after=first, updated_after=same_instant).status_code == 200
    assert error_of(api.get("/listings", after=first, updated_after="2000-01-01T00:00:01Z")) == INVALID_CURSOR


def test_cursor_of_another_dealer_or_mode_is_rejected(server: Server, cast: Cast, cursor: str) -> None:
    for key in (cast.owner.live_key, cast.stranger.test_key, cast.stranger.live_key):
        assert error_of(Client(server.url, key).get("/listings", after=cursor)) == INVALID_CURSOR


@pytest.mark.usefixtures("unmetered")
def test_cursor_with_a_changed_character_is_rejected(api: Client, cursor: str) -> None:
    for place, letter in enumerate(cursor):
        other = LETTERS[LETTERS.index(letter) ^ 1]
        assert error_of(api.get("/listings", after=cursor[:place] + other + cursor[place + 1 :])) == INVALID_CURSOR


@pytest.mark.parametrize("change", ["{}=", "{}==", "{}A", " {}", "{} ", "{}\u00e9", "{}.", "{0}{0}"])
def test_cursor_with_an_appended_character_is_rejected(api: Client, cursor: str, change: str) -> None:
    assert error_of(api.get("/listings", after=change.format(cursor))) == INVALID_CURSOR


@pytest.mark.parametrize("length", [1, 10, 21, 22, 23, 40])
def test_truncated_cursor_is_rejected(api: Client, cursor: str, length: int) -> None:
    assert error_of(api.get("/listings", after=cursor[:length])) == INVALID_CURSOR


@pytest.mark.usefixtures("unmetered")
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)
    | st.text(LETTERS, min_size=1)
)
def test_garbage_is_rejected(api: Client, text: str) -> None:
    for path in ("/listings", "/events"):
        assert error_of(api.get(path, after=text)) == INVALID_CURSOR


@pytest.mark.parametrize("text", ["", "a" * 513, "\x00", "a\nb"])
def test_value_outside_the_cursor_alphabet_is_rejected(api: Client, text: str) -> None:
    for path in ("/listings", "/customers", "/orders", "/events"):
        assert error_of(api.get(path, after=text)) == INVALID_CURSOR


def test_id_is_rejected_as_a_cursor(api: Client, cast: Cast) -> None:
    assert error_of(api.get("/listings", after=cast.owner.listing().id)) == INVALID_CURSOR
