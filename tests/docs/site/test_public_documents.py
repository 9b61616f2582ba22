"""Public documents: any site may read them, caches keep them, and they are compressed."""

import pytest
import requests

from tests.client import Client
from tests.hub import Server

DOCUMENTS = [
    "/api/v1/openapi.json",
    "/docs",
    "/docs/webhooks.md",
    "/docs/search.json",
    "/openapi/v1.postman.json",
    "/llms.txt",
]
ORIGIN = {"Origin": "https://editor.example"}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}


def send(server: Server, method: str, path: str, **headers: str) -> requests.Response:
    return requests.request(method, server.site + path, headers=headers, timeout=20, allow_redirects=False)


@pytest.mark.parametrize("path", DOCUMENTS)
def test_scripts_of_any_site_may_read_a_public_document(server: Server, path: str) -> None:
    response = send(server, "GET", path, **ORIGIN)
    unchanged = send(server, "GET", path, **ORIGIN, **{"If-None-Match": response.headers["ETag"]})
    assert (response.status_code, unchanged.status_code) == (200, 304)
    # Without an Origin too: a shared cache may give this response to a browser.
    for each in (response, unchanged, send(server, "GET", path), send(server, "HEAD", path)):
        assert each.headers["Access-Control-Allow-Origin"] == each.headers["Access-Control-Expose-Headers"] == "*"
    preflight = send(server, "OPTIONS", path, **PREFLIGHT)
    assert (preflight.status_code, preflight.content) == (204, b"")
    assert preflight.headers["Access-Control-Allow-Origin"] == preflight.headers["Access-Control-Allow-Headers"] == "*"


def test_error_of_a_public_document_can_be_read_too(server: Server) -> None:
    response = send(server, "GET", "/api/v1/openapi.json?version=1", **ORIGIN)
    assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (400, "*")


@pytest.mark.parametrize(
    "path", ["/api/v1/me", "/api/v1/listings", "/api/v1/health", "/api/v1/nothing", "/", "/sign-in"]
)
def test_scripts_of_other_sites_can_read_neither_api_nor_dashboard(server: Server, api: Client, path: str) -> None:
    key = str(api.session.headers["Authorization"])
    responses = [send(server, "GET", path, **ORIGIN, Authorization=key), send(server, "OPTIONS", path, **PREFLIGHT)]
    assert not [each.headers for each in responses if "Access-Control-Allow-Origin" in each.headers]
    assert responses[1].status_code >= 400
