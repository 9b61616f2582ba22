"""Sales, fulfilment and clients in the dashboard."""

from models.audit import AuditEntry
from models.customer import Customer
from models.event import Event
from models.listing import Listing
from models.order import Order
from tests.cast import Cast
from tests.client import Client
from tests.dashboard.browser import Browser, page


def test_a_sale_over_the_counter_is_an_order_of_the_dashboard(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    fields = {"listing_id": listing.id, "price_cents": "99.999.999,99", "email": "bea@shop.example"}
    answer = owner.post("/orders/new", fields)
    assert "The sale is recorded" in page(answer).text
    assert page(answer).text.count("€99,999,999.99") == 2  # the watch's line and the total
    order = Order.get()
    assert (order.total_cents, order.origin, Listing.get().status) == (9_999_999_999, "dashboard", "sold")


def test_a_sale_needs_a_buyer_and_keeps_the_rest(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    answer = page(owner.post("/orders/new", {"listing_id": listing.id, "note": "By hand"}), 422)
    assert "give an e-mail address or a phone number" in answer.text
    assert answer.value("note") == "By hand"
    assert answer.of("option", value=listing.id)[0].get("selected") is not None


def test_a_bad_phone_number_is_an_error_beside_its_field(owner: Browser, cast: Cast) -> None:
    answer = page(owner.post("/orders/new", {"listing_id": cast.owner.listing().id, "phone": "12"}), 422)
    assert answer.of("input", name="phone", **{"aria-invalid": "true"})
    assert Order.select().count() == 0


def test_an_order_is_fulfilled_with_its_tracking(owner: Browser, api: Client, cast: Cast) -> None:
    order_id = api.order(cast.owner.listing().id).json()["id"]
    bad = page(owner.post(f"/orders/{order_id}/fulfil", {"carrier": "DHL", "url": "javascript:alert(1)"}), 422)
    assert bad.value("carrier") == "DHL"
    owner.post(f"/orders/{order_id}/fulfil", {"carrier": "DHL", "number": "JD01", "url": "https://dhl.example/JD01"})
    assert api.get(f"/orders/{order_id}").json()["tracking"]["number"] == "JD01"
    assert page(owner.post(f"/orders/{order_id}/fulfil"), 409)


def test_a_cancelled_order_returns_its_watch(owner: Browser, api: Client, cast: Cast) -> None:
    order_id = api.order(cast.owner.listing().id).json()["id"]
    answer = owner.post(f"/orders/{order_id}/cancel", {"reason": "Changed his mind"})
    assert "Changed his mind" in page(answer).text
    assert Listing.get().status == "in_stock"
    assert "order.cancelled" in [event.type for event in Event.select()]


def test_a_known_client_is_brought_up_to_date_not_doubled(owner: Browser) -> None:
    owner.post("/clients/new", {"email": "bea@shop.example", "first_name": "Bea"})
    answer = owner.post("/clients/new", {"email": "BEA@shop.example", "last_name": "Winter", "city": "Sofia"})
    assert "Known already by email" in page(answer).text
    client = Customer.get()
    assert (client.first_name, client.last_name, client.address["city"]) == ("Bea", "Winter", "Sofia")


def test_a_client_is_edited_and_fields_can_be_emptied(owner: Browser) -> None:
    owner.post("/clients/new", {"email": "bea@shop.example", "first_name": "Bea", "notes": "Likes steel"})
    client = Customer.get()
    owner.post(f"/clients/{client.id}", {"email": "bea@shop.example", "first_name": "Beatrice", "notes": ""})
    assert (Customer.get().first_name, Customer.get().notes) == ("Beatrice", None)


def test_a_client_cannot_take_the_address_of_another(owner: Browser) -> None:
    owner.post("/clients/new", {"email": "bea@shop.example"})
    owner.post("/clients/new", {"email": "kemal@shop.example"})
    kemal = Customer.get(Customer.email == "kemal@shop.example")
    answer = page(owner.post(f"/clients/{kemal.id}", {"email": "bea@shop.example"}), 422)
    assert answer.of("input", name="email", **{"aria-invalid": "true"})


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


def test_a_refused_change_leaves_no_line_in_the_audit_log(owner: Browser, cast: Cast) -> None:
    listing = cast.owner.listing()
    listing.sell(cast.owner.actor())
    owner.post(f"/inventory/{listing.id}/sell")
    assert AuditEntry.select().count() == 0
