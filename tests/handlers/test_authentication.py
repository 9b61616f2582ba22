"""Authentication: one exact header format, known and unknown keys, regenerated keys."""

from collections.abc import Callable

import pytest

from models.accounts.api_key import ApiKey
from models.base import fetch_dicts
from tests.cast import Cast
from tests.client import Client, error_of
from tests.conftest import Clock
from tests.contract.wire import exchange, request
from tests.hub import Server

MALFORMED = {
    "lower-case scheme": "bearer {}",
    "upper-case scheme": "BEARER {}",
    "two spaces": "Bearer  {}",
    "tab": "Bearer\t{}",
    "trailing space": "Bearer {} ",
    "no scheme": "{}",
    "no key": "Bearer",
    "other scheme": "Basic {}",
    "quotes": 'Bearer "{}"',
    "one character more": "Bearer {}0",
    "two keys": "Bearer {0}, Bearer {0}",
    "comma": "Bearer {},",
    "no-break space": "Bearer\xa0{}",
}
WRONG_KEYS: dict[str, Callable[[str], str]] = {
    "one character less": lambda key: key[:-1],
    "other prefix": lambda key: "sk_" + key[4:] + "0",
    "upper-case prefix": lambda key: "WTH_" + key[4:],
    "hyphen": lambda key: key[:-1] + "-",
    "underscore": lambda key: key[:-1] + "_",
    "not ASCII": lambda key: key[:-1] + "é",
    "percent-encoded": lambda key: key[:-1] + "%41",
}


@pytest.mark.parametrize("form", MALFORMED.values(), ids=MALFORMED)
def test_every_form_but_the_exact_one_is_malformed(server: Server, cast: Cast, form: str) -> None:
    assert_malformed(server, form.format(cast.owner.test_key), cast.owner.test_key)


@pytest.mark.parametrize("spoil", WRONG_KEYS.values(), ids=WRONG_KEYS)
def test_key_with_a_wrong_format_is_malformed(server: Server, cast: Cast, spoil: Callable[[str], str]) -> None:
    assert_malformed(server, "Bearer " + spoil(cast.owner.test_key), cast.owner.test_key)


def assert_malformed(server: Server, authorization: str, key: str) -> None:
    response = exchange(server, request("GET", "/api/v1/me", [("Authorization", authorization)]))
    assert error_of(response) == (401, "malformed_authorization", None)
    assert key not in response.text


def test_two_authorization_headers_are_malformed_even_if_equal(server: Server, cast: Cast) -> None:
    header = ("Authorization", f"Bearer {cast.owner.test_key}")
    assert exchange(server, request("GET", "/api/v1/me", [header])).status_code == 200
    response = exchange(server, request("GET", "/api/v1/me", [header, header]))
    assert error_of(response) == (401, "malformed_authorization", None)


def test_request_without_a_key_gets_instructions(server: Server, cast: Cast) -> None:
    response = Client(server.url, None).get("/me")
    assert error_of(response) == (401, "missing_authorization", None)
    assert "Authorization: Bearer wth_" in response.json()["error"]["message"]


def test_key_in_the_query_string_is_ignored(server: Server, cast: Cast) -> None:
    response = Client(server.url, None).get("/listings", api_key=cast.owner.test_key)
    assert error_of(response) == (401, "missing_authorization", None)
    assert cast.owner.test_key not in response.text


def test_unknown_key_is_invalid_and_not_echoed(server: Server, cast: Cast) -> None:
    unknown = "wth_" + "A" * 32
    response = Client(server.url, unknown).get("/me")
    assert error_of(response) == (401, "invalid_api_key", None)
    assert unknown not in response.text


def test_key_is_case_sensitive(server: Server, cast: Cast) -> None:
    key = cast.owner.test_key
    assert error_of(Client(server.url, key[:4] + key[4:].swapcase()).get("/me"))[1] == "invalid_api_key"


@pytest.mark.parametrize("key", [None, "short", "wth_" + "0" * 32], ids=["none", "malformed", "unknown"])
def test_401_names_the_scheme_and_has_no_rate_limit_headers(server: Server, key: str | None) -> None:
    response = Client(server.url, key).get("/me")
    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="WatchTraderHub"'
    assert not [name for name in response.headers if "ratelimit" in name.lower()]


def test_regenerated_key_stops_working_and_the_other_mode_keeps_its_key(server: Server, cast: Cast) -> None:
    old = Client(server.url, cast.owner.test_key)
    assert old.get("/me").status_code == 200
    fresh = ApiKey.generate(cast.owner.dealer, is_test=True)
    assert error_of(old.get("/me")) == (401, "invalid_api_key", None)
    assert Client(server.url, fresh).get("/me").json()["key_prefix"] == fresh[:12]
    assert Client(server.url, cast.owner.live_key).get("/me").status_code == 200


def test_keys_are_stored_as_hash_and_prefix_only(cast: Cast) -> None:
    rows = fetch_dicts(ApiKey.select().where(ApiKey.dealer == cast.owner.dealer))
    assert {row["prefix"] for row in rows} == {cast.owner.test_key[:12], cast.owner.live_key[:12]}
    assert not [key for key in (cast.owner.test_key, cast.owner.live_key) if key in repr(rows)]


def test_use_of_a_key_is_recorded_at_most_once_a_minute(api: Client, cast: Cast, clock: Clock) -> None:
    api.get("/me")
    first = last_used_at(cast)
    clock.forward(59)
    api.get("/me")
    assert first is not None
    assert last_used_at(cast) == first
    clock.forward(1)
    api.get("/me")
    assert last_used_at(cast) == first + 60_000


def test_rejected_request_counts_as_use_of_the_key(server: Server, cast: Cast) -> None:
    assert last_used_at(cast) is None
    assert Client(server.url, cast.owner.test_key).get("/listings", limit=0).status_code == 400
    assert last_used_at(cast) is not None


def last_used_at(cast: Cast) -> int | None:
    return ApiKey.get(ApiKey.dealer == cast.owner.dealer, ApiKey.is_test).last_used_at
