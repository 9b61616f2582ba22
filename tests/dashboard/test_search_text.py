"""Searches and look-ups of the dashboard find a text in every spelling, on every database and locale."""

import unicodedata

import pytest

from models.accounts.audit import AuditEntry
from models.customer import Customer
from models.listing import Listing
from models.order import Order
from models.search.tables import search_audit_entries
from tests.cast import Cast
from tests.dashboard.browser import Browser, page


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


@pytest.mark.parametrize(
    "typed", ["ролекс", "РОЛЕКС съб", "glashütte", nfd("GLASHÜTTE"), "hermès", nfd("HERMÈS"), "strasse", "zz%", "_-é"]
)
def test_inventory_search_finds_one_watch(owner: Browser, cast: Cast, typed: str) -> None:
    cast.owner.listing(title="Часовник РОЛЕКС Събмаринър")
    cast.owner.listing(title="GLASHÜTTE Original")
    cast.owner.listing(title=nfd("Hermès Arceau"))
    cast.owner.listing(title="Bahnhofstraße", serial_number="ZZ%1", sku=nfd("A_-É"))
    assert "1–1 of 1 watch" in page(owner.get("/inventory", params={"q": typed})).text


@pytest.mark.parametrize(
    "typed", ["жерар", nfd("MÜLLER"), "жЕРАР müller", "größe-7", "éterna", "ETERNA\u0301", "kontiki"]
)
def test_orders_are_found_by_client_watch_and_number(owner: Browser, cast: Cast, typed: str) -> None:
    actor = cast.owner.actor()
    buyer = {"external_id": "b", "first_name": "Жерар", "last_name": nfd("Müller")}
    watch = cast.owner.listing(brand=nfd("Éterna"), reference="ETERNA\u0301", model="KonTiki")
    Order.place(actor, {"items": [{"listing_id": watch.id}], "customer": buyer, "external_id": nfd("GRÖSSE-7")})
    other = {"items": [{"listing_id": cast.owner.listing().id}], "customer": {"external_id": "other"}}
    Order.place(actor, other)
    assert "1–1 of 1 order" in page(owner.get("/orders", params={"q": typed})).text


@pytest.mark.parametrize("typed", ["MÜLLER", nfd("müller"), "жерар", "b-ö", "gmbh & co"])
def test_clients_are_found_by_name_and_number(owner: Browser, cast: Cast, typed: str) -> None:
    fields = {"first_name": "ЖЕРАР", "last_name": nfd("Müller"), "company": "Uhren GmbH & Co"}
    Customer.upsert(cast.owner.actor(), {"external_id": nfd("B-Ö"), **fields})
    Customer.upsert(cast.owner.actor(), {"external_id": "other"})
    assert "1–1 of 1 client" in page(owner.get("/clients", params={"q": typed})).text


def test_renamed_client_is_found_by_the_new_name_only(owner: Browser, cast: Cast) -> None:
    client, _ = Customer.upsert(cast.owner.actor(), {"external_id": "b", "last_name": "Müller"})
    Customer.find(cast.owner.actor(), client.id).change(cast.owner.actor(), {"external_id": "b", "last_name": "Шварц"})
    assert "1–1 of 1 client" in page(owner.get("/clients", params={"q": "ШВАРЦ"})).text
    assert "No client matches" in page(owner.get("/clients", params={"q": "müller"})).text


@pytest.mark.parametrize("typed", ["ÉTERNA", nfd("éterna"), "éterna anna"])
def test_audit_log_is_searched_in_every_spelling(cast: Cast, typed: str) -> None:
    actor = cast.owner.actor()
    with actor.dealer.locked():
        for summary in (nfd("Éterna"), "Tudor"):
            AuditEntry.record(actor, "anna@shop.example", "listing.sold", None, summary)
    assert search_audit_entries(actor.dealer, {"q": typed, "noun": "listing"}).count == 1
    assert search_audit_entries(actor.dealer, {"noun": "list"}).count == 0


@pytest.mark.parametrize(
    ("watch", "client"), [("ЧАСОВНИК", "жерар МЮЛЛЕР"), (nfd("SKÜ-1"), nfd("CRM-ö")), ("№ ä", "CRM-Ö")]
)
def test_picker_finds_watch_and_client_by_what_was_typed(owner: Browser, cast: Cast, watch: str, client: str) -> None:
    listing = cast.owner.listing(title="Часовник", sku="skü-1", serial_number=nfd("№ Ä"))
    cast.owner.listing(title="Часовник 2")
    names = {"first_name": "Жерар", "last_name": "Мюллер"}
    customer, _ = Customer.upsert(cast.owner.actor(), {"external_id": nfd("crm-Ö"), **names})
    owner.post("/orders/new", {"listing_id": watch, "customer_id": client})
    [order] = Order.select()
    assert (order.customer.id, Listing.get_by_id(listing.id).held_by) == (customer.id, order.id)


def test_sku_of_another_watch_is_rejected_in_every_normalization_form(owner: Browser, cast: Cast) -> None:
    cast.owner.listing(sku="é-1")
    watch = {"brand": "Tudor", "model": "Ranger", "asking_price_cents": "2900", "sku": nfd("é-1")}
    rejected = page(owner.post("/inventory/new", watch), 422)
    assert "Another watch has this SKU." in rejected.text
