"""Lock-out: ten failed authentications within a minute block one address, and no other."""

import pytest

from tests.cast import Cast
from tests.client import error_of
from tests.handlers.source_address import client_from
from tests.hub import Server

UNKNOWN = "wth_" + "0" * 32


def fail(server: Server, address: str, times: int, key: str | None = UNKNOWN) -> None:
    client = client_from(server, key, address)
    assert [client.get("/me").status_code for _ in range(times)] == [401] * times


def test_ten_failures_lock_an_address_out_for_a_minute(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 10)
    response = client_from(guarded, UNKNOWN, address).get("/me")
    assert error_of(response) == (429, "too_many_failed_attempts", None)
    assert 1 <= int(response.headers["Retry-After"]) <= 60


def test_locked_address_is_rejected_even_with_a_valid_key(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 10)
    response = client_from(guarded, cast.owner.test_key, address).get("/me")
    assert error_of(response) == (429, "too_many_failed_attempts", None)


def test_valid_key_from_another_address_is_not_affected(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 10)
    assert client_from(guarded, cast.owner.test_key, "127.0.0.2").get("/me").status_code == 200


def test_nine_failures_do_not_lock_an_address_out(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 9)
    assert client_from(guarded, cast.owner.test_key, address).get("/me").status_code == 200


@pytest.mark.parametrize("key", [None, "wth_short"], ids=["none", "malformed"])
def test_missing_and_malformed_keys_count_as_failures(
    guarded: Server, cast: Cast, address: str, key: str | None
) -> None:
    fail(guarded, address, 10, key)
    assert error_of(client_from(guarded, key, address).get("/me"))[1] == "too_many_failed_attempts"


def test_rejections_of_valid_keys_do_not_count_as_failures(guarded: Server, cast: Cast, address: str) -> None:
    client = client_from(guarded, cast.owner.test_key, address)
    assert {client.get("/listings/inv_unknown").status_code for _ in range(12)} == {404}
    assert client.get("/me").status_code == 200


def test_locked_address_still_reaches_what_needs_no_key(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 10)
    assert client_from(guarded, None, address).get("/health").status_code == 200
