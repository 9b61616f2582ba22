"""Bodies over 1 MiB are rejected, with or without Content-Length."""

import pytest
import requests

from tests.cast import Cast
from tests.client import Client, error_of
from tests.contract.wire import Headers, chunked, exchange, request, sized
from tests.hub import Server

MEBIBYTE = 1024 * 1024
TOO_LARGE = (413, "body_too_large", None)


def post(server: Server, key: str, headers: Headers, body: bytes) -> requests.Response:
    common = [("Authorization", f"Bearer {key}"), ("Idempotency-Key", "one"), ("Content-Type", "application/json")]
    return exchange(server, request("POST", "/api/v1/customers", common + headers, body))


def body_of(size: int) -> bytes:
    head, tail = b'{"email": "anna@shop.example"', b"}"
    return head + b" " * (size - len(head) - len(tail)) + tail


def test_body_of_exactly_one_mebibyte_is_accepted(server: Server, cast: Cast) -> None:
    body = body_of(MEBIBYTE)
    assert post(server, cast.owner.test_key, sized(body), body).status_code == 201
    chunks = chunked(body)
    assert post(server, cast.owner.test_key, [("Transfer-Encoding", "chunked")], chunks).status_code == 201


def test_one_byte_more_is_too_large_by_content_length(server: Server, cast: Cast) -> None:
    body = body_of(MEBIBYTE + 1)
    assert error_of(post(server, cast.owner.test_key, sized(body), body)) == TOO_LARGE


def test_content_length_alone_is_enough_to_reject(server: Server, cast: Cast) -> None:
    length = [("Content-Length", str(10**12))]
    assert error_of(post(server, cast.owner.test_key, length, b"{")) == TOO_LARGE


@pytest.mark.parametrize("size", [MEBIBYTE + 1, 5 * MEBIBYTE])
def test_one_byte_more_in_chunks_is_too_large(server: Server, cast: Cast, size: int) -> None:
    body = chunked(body_of(size))
    response = post(server, cast.owner.test_key, [("Transfer-Encoding", "chunked")], body)
    assert error_of(response) == TOO_LARGE


def test_rejected_body_changes_nothing(server: Server, cast: Cast, api: Client) -> None:
    body = body_of(MEBIBYTE + 1)
    post(server, cast.owner.test_key, [("Transfer-Encoding", "chunked")], chunked(body))
    assert api.list_all("/customers") == []
    assert api.post("/customers", {"email": "anna@shop.example"}, key="one").status_code == 201
