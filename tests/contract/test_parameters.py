"""Parameters: parsed strictly, and rejected by name."""

from typing import Any

import pytest
import requests

from tests.cast import Cast
from tests.client import Client, error_of
from tests.contract.wire import exchange, request
from tests.hub import Server


def fetch(server: Server, cast: Cast, target: str) -> requests.Response:
    return exchange(server, request("GET", "/api/v1" + target, [("Authorization", f"Bearer {cast.owner.test_key}")]))


@pytest.mark.parametrize(
    ("query", "param"),
    [
        ("limit=1&limit=1", "limit"),
        ("limit=1&limit=2", "limit"),
        ("brand=Rolex&limit=5&brand=Omega", "brand"),
        ("Limit=5", "Limit"),
        ("limit[]=5", "limit[]"),
        ("limit%00=5", "limit\x00"),
        ("=5", ""),
        ("brand", "brand"),
        ("brand=%00", "brand"),
        ("brand=Ro%0Alex", "brand"),
        ("updated_after=2026-05-08T08:41:33+02:00", "updated_after"),  # an unescaped + is a space
    ],
)
def test_undocumented_query_is_rejected_by_name(server: Server, cast: Cast, query: str, param: str) -> None:
    assert error_of(fetch(server, cast, f"/listings?{query}")) == (400, "validation_failed", param)


@pytest.mark.parametrize("query", ["brand=%ff", "brand=%C3", "%ff=1", "brand=%ED%A0%80"])
def test_query_that_is_not_utf8_is_rejected(server: Server, cast: Cast, query: str) -> None:
    status, code, _ = error_of(fetch(server, cast, f"/listings?{query}"))
    assert (status, code) == (400, "validation_failed")


def test_query_of_two_thousand_parameters_is_rejected(server: Server, cast: Cast) -> None:
    status, code, _ = error_of(fetch(server, cast, "/listings?" + "&".join(["limit=1"] * 2000)))
    assert (status, code) == (400, "validation_failed")


@pytest.mark.parametrize("query", ["", "&", "&&limit=5&", "brand=A.+Lange", "brand=A.%20Lange", "brand=%C3%89bel"])
def test_every_valid_spelling_of_a_query_is_accepted(server: Server, cast: Cast, query: str) -> None:
    assert fetch(server, cast, f"/listings?{query}").status_code == 200


@pytest.mark.parametrize(
    "listing_id", ["x" * 255, "inv_%C3%A9", "..", "%2e%2e", "'%20OR%201=1", "%F0%9F%95%B0", "inv_*"]
)
def test_printable_text_as_an_id_is_not_found(server: Server, cast: Cast, listing_id: str) -> None:
    assert error_of(fetch(server, cast, f"/listings/{listing_id}")) == (404, "listing_not_found", None)


@pytest.mark.parametrize("listing_id", ["%00", "inv_%00", "a%0Ab", "x" * 256, "a%2Fb", "%7F"])
def test_unprintable_or_too_long_id_matches_no_route(server: Server, cast: Cast, listing_id: str) -> None:
    assert error_of(fetch(server, cast, f"/listings/{listing_id}")) == (404, "route_not_found", None)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"limit": "many"}, "This must be an integer."),
        ({"limit": 101}, "This must be at most 100."),
        ({"limit": 0}, "This must be at least 1."),
        ({"published": "perhaps"}, "This must be true or false."),
        ({"status": "gone"}, "This must be one of in_stock, sold."),
        ({"brand": "x" * 101}, "This must have at most 100 characters."),
        ({"brand": ""}, "This must not be empty."),
        ({"brand": "\x07"}, "This has an invalid format, or characters that are not allowed."),
        ({"updated_after": "now"}, "This must be an RFC 3339 time such as 2026-05-08T08:41:33Z."),
        ({"colour": "red"}, "Unknown query parameter. Check its spelling, or leave it out."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_message_is_a_plain_sentence(api: Client, query: dict[str, Any], sentence: str) -> None:
    assert api.get("/listings", **query).json()["error"]["message"] == sentence
