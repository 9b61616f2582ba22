"""Public documents: any site may read them, caches keep them, and they are compressed."""

import pytest
import requests
import yaml

from spec.releases import list_releases, read_release
from tests.client import Client
from tests.hub import Server

DOCUMENTS = [
    "/api/v1/openapi.json",
    "/api/v1/openapi.yaml",
    *(f"/openapi/{version}.{kind}" for version in list_releases() for kind in ("json", "yaml")),
    "/.well-known/api-catalog",
    "/.well-known/security.txt",
    "/docs",
    "/docs/webhooks.md",
    "/docs/search.json",
    "/openapi/v1.postman.json",
    "/llms.txt",
]
SHORT_DOCUMENT = "/openapi/v1.postman_environment.json"  # too short for compression
ORIGIN = {"Origin": "https://editor.example"}
PREFLIGHT = {**ORIGIN, "Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "if-none-match"}


def send(server: Server, method: str, path: str, **headers: str) -> requests.Response:
    return requests.request(method, server.site + path, headers=headers, timeout=20, allow_redirects=False)


@pytest.mark.parametrize("path", [*DOCUMENTS, SHORT_DOCUMENT])
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


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if not path.startswith("/.well-known")])
@pytest.mark.parametrize("accepted", ["gzip", "br, gzip;q=0.5", "*", "GZIP ; q=1"])
def test_public_document_is_compressed_for_clients_that_accept_it(server: Server, path: str, accepted: str) -> None:
    plain = send(server, "GET", path, **{"Accept-Encoding": "identity"})
    zipped = send(server, "GET", path, **{"Accept-Encoding": accepted})
    assert (zipped.headers["Content-Encoding"], zipped.headers["Vary"]) == ("gzip", "Accept-Encoding")
    assert int(zipped.headers["Content-Length"]) < int(plain.headers["Content-Length"]) / 2
    assert zipped.content == plain.content


@pytest.mark.parametrize("path", DOCUMENTS)
@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0", "br", "*;q=0", "gzip;q=x", "gzipped"])
def test_public_document_is_not_compressed_for_other_clients(server: Server, path: str, accepted: str) -> None:
    response = send(server, "GET", path, **{"Accept-Encoding": accepted})
    assert (response.headers.get("Content-Encoding"), response.headers["Vary"]) == (None, "Accept-Encoding")


@pytest.mark.parametrize("path", DOCUMENTS)
def test_cached_public_document_is_current_in_either_encoding(server: Server, path: str) -> None:
    etags = [
        send(server, "GET", path, **{"Accept-Encoding": coding}).headers["ETag"] for coding in ("gzip", "identity")
    ]
    for etag in etags:
        response = send(server, "GET", path, **{"If-None-Match": etag, "Accept-Encoding": "gzip"})
        assert (response.status_code, response.headers["Vary"]) == (304, "Accept-Encoding")
    assert etags[0].startswith("W/") or etags[0] != etags[1]


@pytest.mark.parametrize("path", [path for path in DOCUMENTS if not path.startswith("/docs")])
def test_caches_keep_documents_for_minutes(server: Server, path: str) -> None:
    assert send(server, "GET", path).headers["Cache-Control"] == "public, max-age=300"


def test_browsers_revalidate_pages(server: Server) -> None:
    assert send(server, "GET", "/docs/webhooks").headers["Cache-Control"] == "no-cache"


def test_responses_of_the_api_have_neither_gzip_nor_cache_control(api: Client) -> None:
    headers = api.get("/me", headers={"Accept-Encoding": "gzip"}).headers
    assert not {"Content-Encoding", "Cache-Control"} & set(headers)


def test_yaml_is_the_same_document_as_json(server: Server) -> None:
    response = send(server, "GET", "/api/v1/openapi.yaml", Accept="application/yaml")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/yaml")
    document = yaml.safe_load(response.content)
    assert document == send(server, "GET", "/api/v1/openapi.json").json()
    assert list(document)[:2] == ["openapi", "info"]


@pytest.mark.parametrize("version", list_releases())
def test_released_document_has_an_address_of_its_own(server: Server, version: str) -> None:
    released = send(server, "GET", f"/openapi/{version}.json")
    assert released.headers["Content-Type"] == "application/json"
    servers = [{"url": "http://hub.test/api/v1", "description": "This installation"}]
    assert released.json() == {**read_release(version), "servers": servers}
    assert yaml.safe_load(send(server, "GET", f"/openapi/{version}.yaml").content) == released.json()


def test_current_version_has_been_released(server: Server) -> None:
    version = send(server, "GET", "/api/v1/openapi.json").json()["info"]["version"]
    assert send(server, "GET", f"/openapi/{version}.json").json()["info"]["version"] == version
    assert send(server, "GET", "/openapi/2020-01-01.json").status_code == 404
