"""Lockout: ten wrong keys within a minute block further wrong keys of one address, and nobody else."""

import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import Cast
from tests.client import error_of
from tests.contract.wire import exchange, request
from tests.handlers.source_address import client_from
from tests.hub import Server

UNKNOWN = "wth_" + "0" * 32


def send_wrong_keys(server: Server, address: str, times: int) -> None:
    client = client_from(server, UNKNOWN, address)
    assert [client.get("/me").status_code for _ in range(times)] == [401] * times


def test_ten_wrong_keys_lock_an_address_out_for_a_minute(guarded: Server, cast: Cast, address: str) -> None:
    send_wrong_keys(guarded, address, 10)
    response = client_from(guarded, UNKNOWN, address).get("/me")
    assert error_of(response) == (429, "too_many_failed_attempts", None)
    assert 1 <= int(response.headers["Retry-After"]) <= 60


def test_nine_wrong_keys_do_not_lock_an_address_out(guarded: Server, cast: Cast, address: str) -> None:
    send_wrong_keys(guarded, address, 9)
    assert error_of(client_from(guarded, UNKNOWN, address).get("/me"))[1] == "invalid_api_key"


def test_exactly_ten_parallel_wrong_keys_are_checked(guarded: Server, cast: Cast, address: str) -> None:
    clients = [client_from(guarded, UNKNOWN, address) for _ in range(30)]
    with ThreadPoolExecutor(30) as threads:
        statuses = Counter(threads.map(lambda client: client.get("/me").status_code, clients))
    assert statuses == {401: 10, 429: 20}


def test_valid_keys_of_a_locked_address_still_work(guarded: Server, cast: Cast, address: str) -> None:
    """Shops that share an address, such as those of one hosting provider, do not suffer from a neighbor."""
    send_wrong_keys(guarded, address, 10)
    for key in (cast.owner.test_key, cast.stranger.test_key):
        assert client_from(guarded, key, address).get("/me").status_code == 200


def test_locked_address_does_not_lock_out_another(guarded: Server, cast: Cast, address: str) -> None:
    send_wrong_keys(guarded, address, 10)
    assert client_from(guarded, UNKNOWN, "127.0.0.2").get("/me").status_code == 401


@pytest.mark.parametrize("key", [None, "wth_short"], ids=["none", "malformed"])
def test_requests_without_a_well_formed_key_are_no_guesses(
    guarded: Server, cast: Cast, address: str, key: str | None
) -> None:
    """Any page can make its visitors send such requests, for example with an image."""
    client = client_from(guarded, key, address)
    assert {client.get("/me").status_code for _ in range(12)} == {401}
    assert error_of(client_from(guarded, UNKNOWN, address).get("/me"))[1] == "invalid_api_key"


def test_rejections_of_valid_keys_do_not_count_as_failures(guarded: Server, cast: Cast, address: str) -> None:
    client = client_from(guarded, cast.owner.test_key, address)
    assert {client.get("/listings/inv_unknown").status_code for _ in range(12)} == {404}
    assert error_of(client_from(guarded, UNKNOWN, address).get("/me"))[1] == "invalid_api_key"


def test_locked_address_still_reaches_what_needs_no_key(guarded: Server, cast: Cast, address: str) -> None:
    send_wrong_keys(guarded, address, 10)
    assert client_from(guarded, None, address).get("/health").status_code == 200


def test_wrong_keys_count_by_the_network_of_an_ipv6_client(guarded: Server, cast: Cast) -> None:
    network = f"2001:db8:{secrets.token_hex(2)}"
    clients = [f"{network}:1::{number:x}" for number in range(1, 12)]
    assert [send_through_proxy(guarded, client) for client in clients] == [401] * 10 + [429]
    assert send_through_proxy(guarded, f"{network}:2::1") == 401


def test_invented_hops_do_not_evade_the_lockout(guarded: Server, cast: Cast) -> None:
    client = f"2001:db8:{secrets.token_hex(2)}::7"
    hops = [f"10.9.8.{number}, {client}" for number in range(11)]
    assert [send_through_proxy(guarded, hop) for hop in hops] == [401] * 10 + [429]


def send_through_proxy(server: Server, forwarded_for: str) -> int:
    headers = [("Authorization", f"Bearer {UNKNOWN}"), ("X-Forwarded-For", forwarded_for)]
    return exchange(server, request("GET", "/api/v1/me", headers)).status_code
