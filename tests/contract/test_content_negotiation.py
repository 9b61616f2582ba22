"""Media types by RFC 9110: the API reads and writes JSON only."""

import pytest
import requests

from tests.cast import Cast
from tests.client import Client, error_of
from tests.contract.wire import Headers, exchange, request, sized
from tests.hub import Server

BODY = b'{"email": "anna@shop.example"}'


def post(server: Server, cast: Cast, headers: Headers, body: bytes = BODY) -> requests.Response:
    common = [("Authorization", f"Bearer {cast.owner.test_key}"), ("Idempotency-Key", "one")]
    return exchange(server, request("POST", "/api/v1/customers", [*common, *headers, *sized(body)], body))


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        'application/json; charset="utf-8"',
        "application/json ; Charset=Utf8",
        "application/json; profile=x",
    ],
)
def test_every_valid_spelling_of_json_is_accepted(server: Server, cast: Cast, content_type: str) -> None:
    assert post(server, cast, [("Content-Type", content_type)]).status_code == 201
    invalid = post(server, cast, [("Content-Type", content_type)], b'{"emial": ""}')
    assert error_of(invalid) == (400, "validation_failed", "$.emial")


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "application/problem+json",
        "application/*",
        "*/*",
        "json",
        "",
        "application/json; charset=bogus",
        "application/json; charset=latin-1",
        "application/json; charset=utf-16",
        "application/json, application/json",
    ],
)
def test_any_other_media_type_is_unsupported(server: Server, cast: Cast, content_type: str) -> None:
    response = post(server, cast, [("Content-Type", content_type)])
    assert error_of(response) == (415, "unsupported_media_type", "Content-Type")


def test_body_without_or_with_two_content_types_is_unsupported(server: Server, cast: Cast) -> None:
    for headers in ([], [("Content-Type", "application/json")] * 2):
        assert error_of(post(server, cast, headers)) == (415, "unsupported_media_type", "Content-Type")


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "identity, gzip", "GZIP"])
def test_compressed_body_is_unsupported(server: Server, cast: Cast, coding: str) -> None:
    response = post(server, cast, [("Content-Type", "application/json"), ("Content-Encoding", coding)])
    assert error_of(response)[:2] == (415, "unsupported_media_type")


def test_identity_encoding_is_accepted(server: Server, cast: Cast) -> None:
    assert (
        post(server, cast, [("Content-Type", "application/json"), ("Content-Encoding", "identity")]).status_code == 201
    )


@pytest.mark.parametrize(
    "accept",
    [
        "application/json",
        "Application/Json",
        "*/*",
        "application/*",
        "text/html, */*;q=0.1",
        "text/html;q=0.9, application/json;q=0.1",
        "application/json; charset=utf-8",
        "application/*;q=0, application/json",
        "*/*;q=0, application/*;q=0.1",
        "",
    ],
)
def test_accept_header_that_includes_json_is_served(api: Client, accept: str) -> None:
    assert api.get("/me", headers={"Accept": accept}).status_code == 200


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        "application/xml",
        "application/json;q=0",
        "application/json;q=0, */*",
        "application/*;q=0, */*",
        "image/*",
        "text/*;q=1",
        "application/json;q=much",
    ],
)
def test_accept_header_that_excludes_json_is_rejected(api: Client, cast: Cast, accept: str) -> None:
    assert error_of(api.get("/me", headers={"Accept": accept})) == (406, "not_acceptable", "Accept")
    listing = cast.owner.listing()
    assert error_of(api.post("/customers", {"email": "a@b.example"}, headers={"Accept": accept}))[0] == 406
    assert api.list_all("/customers") == []
    assert api.get(f"/listings/{listing.id}").headers["Content-Type"] == "application/json"
