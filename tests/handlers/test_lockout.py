"""Guessing keys: ten failures within a minute lock one address out, and nobody else."""

import pytest

from tests.cast import Cast
from tests.client import error_of
from tests.handlers.elsewhere import caller
from tests.hub import Server

UNKNOWN = "wth_" + "0" * 32


def fail(server: Server, address: str, times: int, key: str | None = UNKNOWN) -> None:
    client = caller(server, key, address)
    assert [client.get("/me").status_code for _ in range(times)] == [401] * times


def test_ten_failures_lock_an_address_out_for_a_minute(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 10)
    response = caller(guarded, UNKNOWN, address).get("/me")
    assert error_of(response) == (429, "too_many_failed_attempts", None)
    assert 1 <= int(response.headers["Retry-After"]) <= 60


def test_locked_address_is_refused_with_a_valid_key_too(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 10)
    response = caller(guarded, cast.owner.test_key, address).get("/me")
    assert error_of(response) == (429, "too_many_failed_attempts", None)


def test_valid_key_from_elsewhere_is_not_affected(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 10)
    assert caller(guarded, cast.owner.test_key, "127.0.0.2").get("/me").status_code == 200


def test_nine_failures_leave_an_address_alone(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 9)
    assert caller(guarded, cast.owner.test_key, address).get("/me").status_code == 200


@pytest.mark.parametrize("key", [None, "wth_short"], ids=["none", "malformed"])
def test_missing_and_malformed_keys_count_as_failures(
    guarded: Server, cast: Cast, address: str, key: str | None
) -> None:
    fail(guarded, address, 10, key)
    assert error_of(caller(guarded, key, address).get("/me"))[1] == "too_many_failed_attempts"


def test_refusals_of_valid_keys_are_no_failures(guarded: Server, cast: Cast, address: str) -> None:
    client = caller(guarded, cast.owner.test_key, address)
    assert {client.get("/listings/inv_unknown").status_code for _ in range(12)} == {404}
    assert client.get("/me").status_code == 200


def test_locked_address_still_reaches_what_needs_no_key(guarded: Server, cast: Cast, address: str) -> None:
    fail(guarded, address, 10)
    assert caller(guarded, None, address).get("/health").status_code == 200
