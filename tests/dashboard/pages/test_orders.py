"""Order and client pages: sales, fulfillment, cancellation, clients."""

import pytest

from models.accounts.audit import AuditEntry
from models.customer import Customer
from models.delivery.event import Event
from models.listing import Listing
from models.order import Order
from tests.cast import Cast
from tests.client import Client
from tests.dashboard.browser import Browser, page


def test_a_sale_over_the_counter_is_an_order_of_the_dashboard(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    fields = {"listing_id": listing.id, "price_cents": "99.999.999,99", "email": "bea@shop.example"}
    response = owner.post("/orders/new", fields)
    assert "Sale recorded." in page(response).text
    assert page(response).text.count("€99,999,999.99") == 2  # the watch's line and the total
    order = Order.get()
    assert (order.total_cents, order.origin, Listing.get().status) == (9_999_999_999, "dashboard", "sold")


def test_a_sale_needs_a_buyer_and_keeps_the_rest(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    result = page(owner.post("/orders/new", {"listing_id": listing.id, "note": "By hand"}), 422)
    assert "enter an email or a phone number" in result.text
    assert result.value("note") == "By hand"
    assert result.value("listing_id") == listing.id


@pytest.mark.parametrize("typed", ["{0.id}", "a-7", " A-7 ", "SN 12", "Ω speedmaster"])
def test_a_watch_is_sold_by_any_of_its_names(owner: Browser, cast: Cast, typed: str) -> None:
    cast.owner.listing(title="Another", reference="A-7 B")
    listing = cast.owner.listing(title="Ω Speedmaster", sku="A-7", serial_number="SN 12")
    owner.post("/orders/new", {"listing_id": typed.format(listing), "email": "bea@shop.example"})
    assert [row.id for row in Listing.select().where(Listing.status == "sold")] == [listing.id]


def test_a_name_of_no_watch_or_of_two_is_an_error_beside_its_field(owner: Browser, cast: Cast) -> None:
    cast.owner.listing(sku="A-7")
    cast.owner.listing(sku="A-8")
    cast.owner.listing(sku="A-9", published=False)
    cast.stranger.listing(sku="B-1")
    for typed, expected in (("310.30", "A-7"), ("Omega", "A-8"), ("A-9", "for sale"), ("B-1", "for sale")):
        result = page(owner.post("/orders/new", {"listing_id": typed, "email": "bea@shop.example"}), 422)
        assert result.of("input", name="listing_id", value=typed, **{"aria-invalid": "true"})
        [error] = [element for element in result.elements if element[1].get("id") == "listing_id-error"]
        assert error
        assert expected in result.source.partition('id="listing_id-error">')[2].partition("</p>")[0], typed
    assert Order.select().count() == 0


def test_a_link_fills_in_readable_names_of_watch_and_client(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing(sku="A-7", title="Speedmaster")
    client, _ = Customer.upsert(cast.owner.actor(), {"email": "bea@shop.example"})
    shown = page(owner.get(f"/orders/new?listing={listing.id}&customer={client.id}"))
    assert (shown.value("listing_id"), shown.value("customer_id")) == ("A-7", "bea@shop.example")
    assert '<p class="picked">Speedmaster · €6,250.50</p>' in shown.source
    plain = cast.owner.listing(title="Seamaster")
    assert page(owner.get(f"/orders/new?listing={plain.id}")).value("listing_id") == "Seamaster"
    cast.owner.listing(title="Seamaster")
    assert page(owner.get(f"/orders/new?listing={plain.id}")).value("listing_id") == plain.id


@pytest.mark.parametrize("typed", ["{0.id}", "BEA@shop.example", "c-1", "0888 123 456", "bea WINTER"])
def test_an_existing_client_is_found_by_any_of_their_names(owner: Browser, cast: Cast, typed: str) -> None:
    actor, listing = cast.owner.actor(), cast.owner.listing()
    bea = {"email": "Bea@shop.example", "external_id": "C-1", "phone": "+359888123456", "first_name": "Bea"}
    client, _ = Customer.upsert(actor, {**bea, "last_name": "Winter"})
    Customer.upsert(actor, {"email": "other@shop.example", "first_name": "Bea"})
    owner.post("/orders/new", {"listing_id": listing.id, "customer_id": typed.format(client)})
    assert Order.get().customer.id == client.id


def test_an_unknown_client_is_an_error_beside_the_field(owner: Browser, cast: Cast) -> None:
    Customer.upsert(cast.owner.actor(), {"email": "bea@shop.example", "first_name": "Bea"})
    for typed in ("nobody@shop.example", "Be"):
        result = page(owner.post("/orders/new", {"listing_id": cast.owner.listing().id, "customer_id": typed}), 422)
        assert result.of("input", name="customer_id", value=typed, **{"aria-invalid": "true"})
        assert ("mean bea@shop.example" in result.text) == (typed == "Be")


def test_a_bad_phone_number_is_an_error_beside_its_field(owner: Browser, cast: Cast) -> None:
    result = page(owner.post("/orders/new", {"listing_id": cast.owner.listing().id, "phone": "12"}), 422)
    assert result.of("input", name="phone", **{"aria-invalid": "true"})
    assert Order.select().count() == 0


def test_an_order_is_fulfilled_with_its_tracking(owner: Browser, api: Client, cast: Cast) -> None:
    order_id = api.order(cast.owner.listing().id).json()["id"]
    bad = page(owner.post(f"/orders/{order_id}/fulfil", {"carrier": "DHL", "url": "javascript:alert(1)"}), 422)
    assert bad.value("carrier") == "DHL"
    owner.post(f"/orders/{order_id}/fulfil", {"carrier": "DHL", "number": "JD01", "url": "https://dhl.example/JD01"})
    assert api.get(f"/orders/{order_id}").json()["tracking"]["number"] == "JD01"
    assert page(owner.post(f"/orders/{order_id}/fulfil"), 422)


@pytest.mark.parametrize(("length", "status"), [(2048, 200), (2049, 422)])
def test_a_tracking_link_may_be_as_long_as_over_the_api(
    owner: Browser, api: Client, cast: Cast, length: int, status: int
) -> None:
    order_id = api.order(cast.owner.listing().id).json()["id"]
    url = "https://dhl.example/".ljust(length, "x")
    assert owner.post(f"/orders/{order_id}/fulfil", {"url": url}).status_code == status
    assert (Order.get().status == "fulfilled") == (status == 200)


def test_a_cancelled_order_returns_its_watch(owner: Browser, api: Client, cast: Cast) -> None:
    order_id = api.order(cast.owner.listing().id).json()["id"]
    response = owner.post(f"/orders/{order_id}/cancel", {"reason": "Changed his mind"})
    assert "Changed his mind" in page(response).text
    assert Listing.get().status == "in_stock"
    assert "order.cancelled" in [event.type for event in Event.select()]


def test_an_existing_client_is_updated_not_duplicated(owner: Browser) -> None:
    owner.post("/clients/new", {"email": "bea@shop.example", "first_name": "Bea"})
    response = owner.post("/clients/new", {"email": "BEA@shop.example", "last_name": "Winter", "city": "Sofia"})
    assert "Existing client updated. The email matched." in page(response).text
    client = Customer.get()
    assert (client.first_name, client.last_name, client.address["city"]) == ("Bea", "Winter", "Sofia")


def test_a_client_needs_an_email_a_phone_number_or_a_customer_number(owner: Browser) -> None:
    result = page(owner.post("/clients/new", {"first_name": "Bea"}), 422)
    assert result.of("input", **{"name": "email", "aria-invalid": "true"})
    assert Customer.select().count() == 0
    owner.post("/clients/new", {"phone": "+49 30 23125014"})
    client = Customer.get()
    assert owner.post(f"/clients/{client.id}", {"phone": ""}).status_code == 422
    assert Customer.get().phone == "+493023125014"


def test_a_client_is_edited_and_fields_can_be_emptied(owner: Browser) -> None:
    owner.post("/clients/new", {"email": "bea@shop.example", "first_name": "Bea", "notes": "Likes steel"})
    client = Customer.get()
    owner.post(f"/clients/{client.id}", {"email": "bea@shop.example", "first_name": "Beatrice", "notes": ""})
    assert (Customer.get().first_name, Customer.get().notes) == ("Beatrice", None)


def test_a_client_cannot_take_the_address_of_another(owner: Browser) -> None:
    owner.post("/clients/new", {"email": "bea@shop.example"})
    owner.post("/clients/new", {"email": "kemal@shop.example"})
    kemal = Customer.get(Customer.email == "kemal@shop.example")
    result = page(owner.post(f"/clients/{kemal.id}", {"email": "bea@shop.example"}), 422)
    assert result.of("input", name="email", **{"aria-invalid": "true"})


def test_the_audit_log_names_who_did_what(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    owner.post(f"/inventory/{listing.id}/unpublish")
    entry = AuditEntry.get()
    assert (entry.action, entry.subject_id, entry.email) == (
        "listing.unpublished",
        listing.id,
        "owner@uhrenhaus.example",
    )
    assert "listing.unpublished" in page(owner.get("/audit?q=unpublished")).text


def test_a_rejected_change_has_no_audit_entry(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    listing.sell(cast.owner.actor())
    owner.post(f"/inventory/{listing.id}/sell")
    assert AuditEntry.select().count() == 0
