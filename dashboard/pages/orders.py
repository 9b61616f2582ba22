"""Orders: the table, one order, recording a sale, fulfilling and cancelling."""

from decimal import Decimal
from typing import Any

from starlette.responses import Response

from dashboard.forms.filters import filters_of, in_ms
from dashboard.forms.form import Field, Form
from dashboard.forms.pickers import (
    clients_offered,
    name_of_client,
    name_of_watch,
    take_client,
    take_watch,
    watches_offered,
)
from dashboard.request import Visit
from models.delivery.event import Event
from models.order import Order
from models.order_item import OrderItem
from models.search import tables

FILTERS = ("q", "status", "origin", "customer", "since", "until")
SALE = (
    Field("listing_id", "Watch", is_required=True, width="full", hint="SKU, serial number, reference, title or id."),
    Field("price_cents", "Price (€)", "money", hint="Blank: the asking price."),
    Field("external_id", "Your order number", limits=("OrderInput", "external_id")),
    Field("customer_id", "Known client", width="full",
          hint="E-mail, phone, name, your customer number or id. Or give a new one below."),
    Field("first_name", "First name", limits=("CustomerInput", "first_name")),
    Field("last_name", "Last name", limits=("CustomerInput", "last_name")),
    Field("email", "E-mail", "email", limits=("CustomerInput", "email")),
    Field("phone", "Phone", "tel", limits=("CustomerInput", "phone")),
    Field("note", "Note", "area", limits=("OrderInput", "note"), width="full"),
)  # fmt: skip
TRACKING = (
    Field("carrier", "Carrier", limits=("Tracking", "carrier")),
    Field("number", "Tracking number", limits=("Tracking", "number")),
    Field("url", "Tracking link", "url", limits=("Tracking", "url"), width="full"),
)
CANCEL = (Field("reason", "Reason", limits=("CancelInput", "reason"), width="full"),)
HIGHEST_PRICE_CENTS = 100_000_000_00


def index(visit: Visit) -> Response:
    filters = filters_of(visit, FILTERS)
    found = tables.orders(visit.actor, in_ms(filters), visit.page)
    items = OrderItem.by_order([order.id for order in found.rows])
    return visit.render("orders.html", found=found, filters=filters, items=items)


def show_new(visit: Visit) -> Response:
    watch, client = name_of_watch(visit, visit.given("listing")), name_of_client(visit, visit.given("customer"))
    return _sale_page(visit, Form(SALE, {"listing_id": watch, "customer_id": client}))


def create(visit: Visit) -> Response:
    form = Form.filled(SALE, visit.sent)
    take_watch(visit, form)
    take_client(visit, form)
    _require_buyer(form)
    if (form.values.get("price_cents") or 0) > HIGHEST_PRICE_CENTS:
        form.errors["price_cents"] = "This is too large: the most is €100,000,000."
    if form.is_good:
        with form.taking_refusals(id="customer_id"), visit.change("order.received", None, "Sale recorded") as made:
            order = Order.place(visit.actor, _given(form.values))
            made.subject_id = order.id
    if form.is_good:
        return visit.redirect(f"/orders/{order.id}", "The sale is recorded and the watch is sold.")
    return _sale_page(visit, form, 422)


def show(visit: Visit) -> Response:
    return _order_page(visit, _order(visit), Form(TRACKING), Form(CANCEL))


def fulfil(visit: Visit) -> Response:
    order, form = _order(visit), Form.filled(TRACKING, visit.sent)
    url = form.values.get("url")
    if url and (not url.startswith(("https://", "http://")) or " " in url or len(url) > 2000):
        form.errors["url"] = "A link starts with https:// and has no spaces."
    if form.is_good:
        with visit.change("order.fulfilled", order.id, "Order fulfilled"):
            order.fulfil(visit.actor, form.values if any(form.values.values()) else None)
        return visit.redirect(f"/orders/{order.id}", "The order is fulfilled.")
    return _order_page(visit, order, form, Form(CANCEL), 422)


def cancel(visit: Visit) -> Response:
    order, form = _order(visit), Form.filled(CANCEL, visit.sent)
    if form.is_good:
        with visit.change("order.cancelled", order.id, "Order cancelled"):
            order.cancel(visit.actor, form.values["reason"])
        return visit.redirect(f"/orders/{order.id}", "The order is cancelled; its watches are back in stock.")
    return _order_page(visit, order, Form(TRACKING), form, 422)


def _order(visit: Visit) -> Order:
    return Order.find(visit.actor, visit.row_id)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """The OrderInput of the document."""
    item: dict[str, Any] = {"listing_id": values["listing_id"]}
    if (cents := values["price_cents"]) is not None:
        item["price_eur"] = Decimal(cents).scaleb(-2)
    named = {name: values[name] for name in ("first_name", "last_name", "email", "phone") if values[name]}
    buyer = {"id": values["customer_id"]} if values["customer_id"] else named
    return {"items": [item], "customer": buyer, "external_id": values["external_id"], "note": values["note"]}


def _require_buyer(form: Form) -> None:
    values = form.values
    if not any(values.get(name) for name in ("customer_id", "email", "phone")) and not form.errors:
        form.errors["email"] = "Choose a known client, or give an e-mail address or a phone number."


def _sale_page(visit: Visit, form: Form, status: int = 200) -> Response:
    offers = {"listing_id": watches_offered(visit), "customer_id": clients_offered(visit)}
    return visit.render("order_new.html", status=status, form=form, offers=offers)


def _order_page(visit: Visit, order: Order, tracking: Form, cancellation: Form, status: int = 200) -> Response:
    events = Event.kept(visit.actor).where(Event.resource_id == order.id).order_by(Event.sequence)
    return visit.render(
        "order.html",
        status=status,
        order=order,
        items=OrderItem.of(order.id),
        tracking=tracking,
        cancellation=cancellation,
        events=list(events),
    )
