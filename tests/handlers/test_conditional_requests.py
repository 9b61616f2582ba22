"""Conditional requests: ETag and If-None-Match (RFC 9110 section 13)."""

from collections.abc import Callable

import pytest

from models.order import Order
from tests.cast import Cast
from tests.client import Client, error_of
from tests.receiver import Receiver


def event_path(api: Client, cast: Cast) -> str:
    cast.owner.listing()
    return f"/events/{api.list_all('/events')[0]['id']}"


SINGLE: dict[str, Callable[[Client, Cast], str]] = {
    "listing": lambda _, cast: f"/listings/{cast.owner.listing().id}",
    "customer": lambda api, _: f"/customers/{api.post('/customers', {'email': 'a@b.example'}).json()['id']}",
    "order": lambda api, cast: f"/orders/{api.order(cast.owner.listing().id).json()['id']}",
    "event": event_path,
    "document": lambda *_: "/openapi.json",
}


@pytest.mark.parametrize("noun", SINGLE)
def test_unchanged_row_is_not_sent_again(api: Client, cast: Cast, noun: str) -> None:
    path = SINGLE[noun](api, cast)
    first = api.get(path)
    etag = first.headers["ETag"]
    again = api.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", etag)
    assert again.headers["X-API-Version"] == "2026-05-07"
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    assert "Content-Type" not in again.headers


@pytest.mark.parametrize("noun", SINGLE)
@pytest.mark.parametrize("form", ["W/{}", '"other", {}', "{}, *", "*", ' "a" ,{} ', 'W/"x", W/{}'])
def test_every_valid_form_of_the_etag_matches(api: Client, cast: Cast, noun: str, form: str) -> None:
    path = SINGLE[noun](api, cast)
    known = form.format(api.get(path).headers["ETag"]).strip()
    assert api.get(path, headers={"If-None-Match": known}).status_code == 304


@pytest.mark.parametrize("noun", SINGLE)
@pytest.mark.parametrize("form", ['"{}-gzip"', 'W/"{}-gzip"', '"{}-br"', '"{}-zstd"'])
def test_etag_that_a_compressing_proxy_has_changed_matches(api: Client, cast: Cast, noun: str, form: str) -> None:
    path = SINGLE[noun](api, cast)
    plain = api.get(path, headers={"Accept-Encoding": "identity"}).headers["ETag"]
    known = form.format(plain.strip('"'))
    assert api.get(path, headers={"If-None-Match": known}).status_code == 304
    assert api.get(path, headers={"If-None-Match": known.replace("-", "-x")}).status_code == 200


@pytest.mark.parametrize("tag", ['"other"', "other", "", 'W/"other"', '"', "**", '"*"'])
def test_other_etag_gets_the_row(api: Client, cast: Cast, tag: str) -> None:
    path = f"/listings/{cast.owner.listing().id}"
    assert api.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_etag_without_quotes_does_not_match(api: Client, cast: Cast) -> None:
    path = f"/listings/{cast.owner.listing().id}"
    assert api.get(path, headers={"If-None-Match": api.get(path).headers["ETag"].strip('"')}).status_code == 200


def test_changed_row_has_another_etag(api: Client, cast: Cast) -> None:
    listing = cast.owner.listing()
    order = api.order(listing.id).json()["id"]
    paths = [f"/listings/{listing.id}", f"/orders/{order}"]
    before = [api.get(path).headers["ETag"] for path in paths]
    listing.change(cast.owner.actor(), {"title": "Polished"})
    Order.find(cast.owner.actor(), order).fulfil(cast.owner.actor(), None)
    for path, etag in zip(paths, before, strict=True):
        changed = api.get(path, headers={"If-None-Match": etag})
        assert (changed.status_code, changed.headers["ETag"] == etag) == (200, False)


def test_order_changes_with_its_customer(api: Client, cast: Cast) -> None:
    order = api.order(cast.owner.listing().id).json()
    etag = api.get(f"/orders/{order['id']}").headers["ETag"]
    api.post("/customers", {"email": order["customer"]["email"], "last_name": "Brown"})
    assert api.get(f"/orders/{order['id']}", headers={"If-None-Match": etag}).status_code == 200


def test_event_changes_with_its_deliveries(
    api: Client, cast: Cast, receiver: Receiver, deliver: Callable[[], None]
) -> None:
    cast.owner.endpoint(receiver.url)
    path = event_path(api, cast)
    etag = api.get(path).headers["ETag"]
    deliver()
    assert api.get(path, headers={"If-None-Match": etag}).status_code == 200


def test_head_sends_and_compares_the_etag(api: Client, cast: Cast) -> None:
    url = f"{api.url}/listings/{cast.owner.listing().id}"
    etag = api.session.head(url).headers["ETag"]
    assert api.session.get(url).headers["ETag"] == etag
    assert api.session.head(url, headers={"If-None-Match": etag}).status_code == 304


def test_known_etag_of_an_invisible_row_is_a_404(api: Client, stranger_api: Client, cast: Cast) -> None:
    path = f"/listings/{cast.owner.listing().id}"
    etag = api.get(path).headers["ETag"]
    for tag in (etag, "*"):
        rejected = stranger_api.get(path, headers={"If-None-Match": tag})
        assert error_of(rejected) == (404, "listing_not_found", None)


def test_lists_and_errors_have_no_etag(api: Client, cast: Cast) -> None:
    cast.owner.listing()
    for path in ("/listings", "/events", "/me", "/listings/inv_unknown"):
        assert "ETag" not in api.get(path).headers
        assert api.get(path, headers={"If-None-Match": "*"}).status_code in (200, 404)


def test_overlong_header_is_rejected(api: Client, cast: Cast) -> None:
    response = api.get(f"/listings/{cast.owner.listing().id}", headers={"If-None-Match": "x" * 1025})
    assert error_of(response) == (400, "validation_failed", "If-None-Match")
