"""Routing: exact paths, no redirects, every supported method in `Allow`."""

import pytest
import requests

from spec.document import read_document
from tests.cast import Cast
from tests.client import Client, error_of
from tests.contract.wire import exchange, request
from tests.hub import Server

PATHS = read_document()["paths"]
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND")


def allowed(path: str) -> list[str]:
    methods = {method.upper() for method in PATHS[path]}
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)


@pytest.mark.parametrize("path", PATHS)
def test_unsupported_method_gets_all_supported_ones(server: Server, path: str) -> None:
    for method in set(METHODS) - set(allowed(path)):
        response = exchange(server, request(method, "/api/v1" + path.replace("{", "").replace("}", ""), []))
        assert response.status_code == 405
        assert method == "HEAD" or error_of(response)[1] == "method_not_allowed"
        assert response.headers["Allow"] == ", ".join(allowed(path))


@pytest.mark.parametrize("path", [*PATHS, "/"])
def test_trailing_slash_is_not_redirected(server: Server, path: str) -> None:
    target = server.url + path.rstrip("/") + "/"
    for method in ("GET", "POST"):
        response = requests.request(method, target, timeout=10, allow_redirects=False)
        assert error_of(response) == (404, "route_not_found", None)
        assert "Location" not in response.headers


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/Me",
        "/ME",
        "/me.json",
        "//me",
        "/./me/x",
        "/v1/me",
        "/listings//",
        "/listings/a/b",
        "/orders/x/Cancel",
        "/%6de%00",
        "/me%0a",
    ],
)
def test_unknown_path_is_not_found_with_and_without_a_key(server: Server, cast: Cast, path: str) -> None:
    for key in (None, cast.owner.test_key):
        assert error_of(Client(server.url, key).get(path)) == (404, "route_not_found", None)


@pytest.mark.parametrize("path", ["/health", "/me", "/listings", "/events", "/openapi.json"])
def test_head_is_get_without_the_body(api: Client, path: str) -> None:
    got, head = api.get(path), api.session.head(api.url + path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == got.headers["Content-Length"]
    assert set(head.headers) == set(got.headers)


def test_head_of_a_missing_resource_is_a_404_without_a_body(api: Client) -> None:
    for path in ("/listings/inv_unknown", "/nowhere"):
        response = api.session.head(api.url + path)
        assert (response.status_code, response.content) == (404, b"")


def test_percent_encoded_letters_are_the_letters(api: Client) -> None:
    assert api.session.get(api.url + "/m%65").status_code == 200


def test_head_on_a_write_is_not_allowed_and_writes_nothing(api: Client, cast: Cast) -> None:
    order = api.order(cast.owner.listing().id).json()
    assert api.session.head(f"{api.url}/orders/{order['id']}/cancel").status_code == 405
    assert api.get(f"/orders/{order['id']}").json()["status"] == "received"
