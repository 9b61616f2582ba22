"""The documentation over HTTP: every page, every link, every anchor, as Markdown too, and nothing from elsewhere."""

from urllib.parse import urljoin, urlsplit

import pytest
import requests

import config
from docs.site import pages
from spec.document import read_document
from tests.client import Client
from tests.docs.reading import Html
from tests.hub import Server

PAGES = ["/docs", *(page.url for page in pages.list_pages())]
CODES = read_document()["components"]["schemas"]["ErrorCode"]["enum"]


def get(server: Server, path: str, **headers: str) -> requests.Response:
    return requests.get(server.site + path, headers=headers, timeout=20, allow_redirects=False)


@pytest.mark.parametrize("path", PAGES)
def test_page_is_served_with_a_strict_policy_and_loads_nothing_from_elsewhere(server: Server, path: str) -> None:
    response = get(server, path)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert ("unsafe-inline" in policy) == (path == "/docs/api/reference")
    html = Html.of(response.text)
    assert html.inline == []
    assert all(address.startswith("/") for address in html.loads)
    assert all(get(server, address).status_code == 200 for address in html.loads)


@pytest.mark.parametrize("path", PAGES)
def test_ids_are_unique_and_every_link_leads_somewhere(server: Server, path: str) -> None:
    html = Html.of(get(server, path).text)
    assert len(html.ids) == len(set(html.ids))
    inside = [urljoin(path, link) for link in html.links if not link.startswith("http")]
    assert inside
    for link in sorted(set(inside) - {"/"}):  # the dashboard sends visitors to its sign-in
        address, _, anchor = link.partition("#")
        target = get(server, address)
        assert target.status_code == 200, link
        if anchor and address != "/docs/api/reference":
            assert anchor in Html.of(target.text).ids, link


@pytest.mark.parametrize("path", PAGES[1:])
def test_page_is_there_as_markdown(server: Server, path: str) -> None:
    response = get(server, path + ".md")
    assert (response.status_code, response.headers["Content-Type"]) == (200, "text/markdown; charset=utf-8")
    assert response.text.startswith("# ")
    assert f"{config.PUBLIC_URL}{path}.md" in get(server, "/llms.txt").text


@pytest.mark.parametrize("code", CODES)
def test_every_error_code_has_an_anchor_with_its_status_and_cure(server: Server, code: str) -> None:
    catalogue = read_document()["components"]["schemas"]["ErrorCode"]
    text = get(server, "/docs/api/errors.md").text
    section = text.split(f"### {code}\n")[1].split("\n### ")[0]
    assert f"HTTP {catalogue['x-http-status'][code]}" in section
    assert catalogue["x-enumDescriptions"][code].strip() in section
    assert code in Html.of(get(server, "/docs/api/errors").text).ids


def test_doc_url_of_a_refusal_resolves_to_its_entry(server: Server, api: Client) -> None:
    doc_url = api.get("/listings/inv_unknown").json()["error"]["doc_url"]
    address = urlsplit(doc_url)
    assert f"{address.scheme}://{address.netloc}" == config.PUBLIC_URL
    page = get(server, address.path)
    assert page.status_code == 200
    assert address.fragment == "listing_not_found"
    assert address.fragment in Html.of(page.text).ids


def test_reference_as_markdown_has_every_operation_with_its_body(server: Server) -> None:
    text = get(server, "/docs/api/reference.md").text
    for path, item in read_document()["paths"].items():
        for method, operation in item.items():
            section = text.split(f"### {method.upper()} {path}\n")[1].split("\n### ")[0]
            assert operation["summary"] in section
            assert all(f"- `{status}`" in section for status in operation["responses"])
            assert ("The body is a" in section) == ("requestBody" in operation)


def test_event_catalogue_has_every_event_with_its_example(server: Server) -> None:
    text = get(server, "/docs/events.md").text
    for event_type, item in read_document()["webhooks"].items():
        section = text.split(f"## {event_type}\n")[1].split("\n## ")[0]
        example = item["post"]["requestBody"]["content"]["application/json"]["examples"]["event"]["value"]
        assert f'"id": "{example["id"]}"' in section


def test_commands_carry_this_installations_address(server: Server) -> None:
    page = get(server, "/docs/quickstart").text
    assert f"{config.PUBLIC_URL}/api/v1" in page
    assert pages.LOCAL not in page


def test_postman_collection_is_served_with_this_installations_address(server: Server) -> None:
    collection = get(server, "/openapi/v1.postman.json")
    assert collection.headers["Content-Type"] == "application/json"
    variables = {row["key"]: row["value"] for row in collection.json()["variable"]}
    assert variables["baseUrl"] == f"{config.PUBLIC_URL}/api/v1"


@pytest.mark.parametrize("form", ['"{}"', 'W/"{}"', '"other", "{}"', 'W/"{}-gzip"', '"{}-br"', "*"])
def test_every_form_of_a_pages_etag_costs_a_304(server: Server, form: str) -> None:
    known = form.format(get(server, "/docs/webhooks").headers["ETag"].removeprefix("W/").strip('"'))
    assert get(server, "/docs/webhooks", **{"If-None-Match": known}).status_code == 304


def test_unchanged_page_costs_a_304(server: Server) -> None:
    first = get(server, "/docs/webhooks")
    again = get(server, "/docs/webhooks", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_compressed_and_plain_responses_are_the_same_page(server: Server) -> None:
    plain = get(server, "/docs/webhooks", **{"Accept-Encoding": "identity"})
    packed = get(server, "/docs/webhooks", **{"Accept-Encoding": "gzip"})
    assert (plain.headers.get("Content-Encoding"), packed.headers["Content-Encoding"]) == (None, "gzip")
    assert plain.text == packed.text


def test_reference_bundle_is_served_packed_for_good_and_with_its_licence(server: Server) -> None:
    bundle = next(src for src in Html.of(get(server, "/docs/api/reference").text).loads if "/vendor/" in src)
    response = get(server, bundle)
    assert "immutable" in response.headers["Cache-Control"]
    assert response.headers["Content-Encoding"] == "gzip"
    assert "MIT License" in get(server, bundle.removesuffix(".js") + ".LICENSE").text


def test_every_row_of_the_search_index_leads_to_a_page_and_anchor(server: Server) -> None:
    rows = get(server, "/docs/search.json").json()
    ids = {path: set(Html.of(get(server, path).text).ids) for path in PAGES}
    assert len(rows) > 100
    for address, _, _, _ in rows:
        path, _, anchor = address.partition("#")
        assert path in ids
        assert not anchor or path == "/docs/api/reference" or anchor in ids[path], address
    assert {row[2] for row in rows} >= {"listing_not_available", "order.received", "POST /orders"}


@pytest.mark.parametrize(
    "path", ["/docs/nothing", "/docs/recipes/..%2f..%2fapp.py", "/docs/recipes/", "/openapi/x", "/docs/.md"]
)
def test_unknown_page_is_a_404_that_shows_the_menu(server: Server, path: str) -> None:
    response = get(server, path)
    assert response.status_code == 404
    assert "Page not found" in response.text
    assert "/docs/quickstart" in Html.of(response.text).links


def test_trailing_slash_leads_to_the_page(server: Server) -> None:
    response = get(server, "/docs/webhooks/")
    assert (response.status_code, response.headers["Location"]) == (308, "/docs/webhooks")


def test_pages_are_read_only(server: Server) -> None:
    assert requests.post(server.site + "/docs/webhooks", timeout=20).status_code == 405
