"""Well-known URIs: the API catalog (RFC 9727) and security.txt (RFC 9116)."""

from datetime import UTC, datetime, timedelta

import pytest
import requests

import config
from tests.conftest import Clock
from tests.hub import Server

HUB = "http://hub.test"
CATALOG = "/.well-known/api-catalog"
SECURITY = "/.well-known/security.txt"


def get(server: Server, path: str) -> requests.Response:
    response = requests.get(server.site + path, timeout=20)
    assert response.status_code == 200
    return response


def security_fields(server: Server) -> dict[str, str]:
    response = get(server, SECURITY)
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    return dict(line.split(": ", 1) for line in response.text.splitlines())


def test_api_catalog_is_a_linkset_of_addresses_that_exist(server: Server) -> None:
    response = get(server, CATALOG)
    media_type, _, profile = response.headers["Content-Type"].partition("; ")
    assert (media_type, profile) == (
        "application/linkset+json",
        'profile="https://www.rfc-editor.org/info/rfc9727"',
    )
    (api,) = response.json()["linkset"]
    assert api.pop("anchor") == f"{HUB}/api/v1"
    assert set(api) == {"service-desc", "service-doc", "status"}
    for link in (link for links in api.values() for link in links):
        target = get(server, link["href"].removeprefix(HUB))
        assert target.headers["Content-Type"].startswith(link["type"])


@pytest.mark.parametrize("path", [CATALOG, "/docs", "/docs/webhooks"])
def test_link_header_leads_to_the_catalog(server: Server, path: str) -> None:
    """RFC 9727 section 3: a HEAD request to the catalog gets it too."""
    response = requests.head(server.site + path, timeout=20)
    assert response.status_code == 200
    assert response.links["api-catalog"]["url"] == HUB + CATALOG


def test_security_txt_has_the_contact_and_the_policy(server: Server) -> None:
    fields = security_fields(server)
    contact = fields["Contact"].removeprefix("mailto:")
    assert f"Write to {contact}." in (config.ROOT / "SECURITY.md").read_text()
    assert fields["Canonical"] == HUB + SECURITY
    assert contact in get(server, fields["Policy"].removeprefix(HUB)).text


def test_security_txt_is_valid_for_half_a_year_from_today(server: Server, clock: Clock) -> None:
    for _ in range(2):
        today = datetime.fromtimestamp(clock.time, UTC)
        left = datetime.fromisoformat(security_fields(server)["Expires"]) - today
        assert timedelta(days=179) <= left <= timedelta(days=180)
        clock.forward(timedelta(days=400).total_seconds())


@pytest.mark.parametrize("path", ["/.well-known/", "/.well-known/other", "/.well-known/security.txt/x"])
def test_other_well_known_uris_do_not_exist(server: Server, path: str) -> None:
    assert requests.get(server.site + path, timeout=20, allow_redirects=False).status_code == 404
