"""Headers of every response: request id, API version, rate limit."""

import re
import time
from collections.abc import Callable

import pytest
import requests

from models.accounts.integration import Integration
from tests.cast import Cast
from tests.client import Client
from tests.hub import Server

LIMITS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "RateLimit-Policy", "RateLimit")


def created(api: Client, cast: Cast) -> requests.Response:
    return api.order(cast.owner.listing().id)


def unchanged(api: Client, cast: Cast) -> requests.Response:
    path = f"/listings/{cast.owner.listing().id}"
    return api.get(path, headers={"If-None-Match": api.get(path).headers["ETag"]})


def forbidden(api: Client, cast: Cast) -> requests.Response:
    Integration.of(cast.owner.dealer).switch(is_enabled=False)
    return api.get("/me")


def conflicting(api: Client, cast: Cast) -> requests.Response:
    listing = cast.owner.listing()
    api.order(listing.id)
    return api.order(listing.id)


def metered(api: Client, cast: Cast) -> requests.Response:
    Integration.update(rate_limit=1).where(Integration.dealer == cast.owner.dealer).execute()
    api.get("/me")
    return api.get("/me")


AUTHENTICATED: dict[int, Callable[[Client, Cast], requests.Response]] = {
    200: lambda api, _: api.get("/me"),
    201: created,
    304: unchanged,
    400: lambda api, _: api.get("/listings", limit=0),
    403: forbidden,
    404: lambda api, _: api.get("/orders/ord_unknown"),
    406: lambda api, _: api.get("/me", headers={"Accept": "text/html"}),
    409: conflicting,
    415: lambda api, _: api.session.post(api.url + "/orders", data=b"{}", headers={"Idempotency-Key": "k"}),
    429: metered,
}


@pytest.mark.parametrize("status", AUTHENTICATED)
def test_every_authenticated_response_has_the_rate_limit(api: Client, cast: Cast, status: int) -> None:
    response = AUTHENTICATED[status](api, cast)
    assert response.status_code == status
    assert_has_id_and_version(response)
    limit, remaining, reset, policy, state = (response.headers[name] for name in LIMITS)
    assert policy == f'"default";q={limit};w=60'
    left = re.fullmatch(r'"default";r=([0-9]+);t=([0-9]+)', state)
    assert left is not None
    assert left[1] == remaining
    assert 0 <= int(left[2]) <= 60
    assert -1 <= int(reset) - (time.time() + int(left[2])) <= 2
    assert ("Retry-After" in response.headers) == (status == 429)


def assert_has_id_and_version(response: requests.Response) -> None:
    assert re.fullmatch(r"req_[0-9a-f]{32}", response.headers["X-Request-Id"])
    assert response.headers["X-API-Version"] == "2026-05-07"


def test_limit_is_600_unless_set_otherwise(api: Client) -> None:
    headers = api.get("/me").headers
    assert [headers[name] for name in ("X-RateLimit-Limit", "X-RateLimit-Remaining")] == ["600", "599"]
    assert headers["RateLimit-Policy"] == '"default";q=600;w=60'


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/openapi.json", 200),
        ("GET", "/me", 401),
        ("GET", "/nowhere", 404),
        ("PUT", "/me", 405),
        ("POST", "/orders", 401),
    ],
)
def test_responses_without_a_key_have_an_id_but_no_rate_limit(
    server: Server, method: str, path: str, status: int
) -> None:
    response = requests.request(method, server.url + path, timeout=10)
    assert response.status_code == status
    assert_has_id_and_version(response)
    assert not [name for name in response.headers if "ratelimit" in name.lower()]


def test_request_ids_are_unique(api: Client) -> None:
    assert len({api.get("/me").headers["X-Request-Id"] for _ in range(20)}) == 20


def test_request_id_and_version_of_the_caller_are_ignored(api: Client) -> None:
    sent = {"X-Request-Id": "req_" + "0" * 32, "X-API-Version": "1999-01-01"}
    response = api.get("/me", headers=sent)
    assert response.status_code == 200
    assert_has_id_and_version(response)
    assert response.headers["X-Request-Id"] != sent["X-Request-Id"]


def test_responses_are_json_in_utf8(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing(brand="Universal Genève", model="Polerouter")
    response = api.get(f"/listings/{listing.id}")
    assert response.headers["Content-Type"] == "application/json"
    assert "Universal Genève" in response.content.decode("utf-8")
