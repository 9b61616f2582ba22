"""Order pages: the table, one order, record a sale, fulfil, cancel."""

from decimal import Decimal
from typing import Any

from starlette.responses import Response

from dashboard.forms.filters import parse_time_range, read_filters
from dashboard.forms.form import Field, Form
from dashboard.forms.pickers import (
    find_customer_text,
    find_listing_text,
    list_customer_options,
    list_listing_options,
    resolve_customer,
    resolve_listing,
)
from dashboard.request import PageRequest
from models.delivery.event import Event
from models.order import Order
from models.order_item import OrderItem
from models.search import tables

FILTERS = ("q", "status", "origin", "customer", "since", "until")
SALE = (
    Field("listing_id", "Watch", is_required=True, width="full",
          hint="Enter the SKU, serial number, reference, title or ID."),
    Field("price_cents", "Price (EUR)", "money", ("OrderItemInput", "price_eur"),
          hint="Leave blank for the asking price."),
    Field("external_id", "Your order number", schema_field=("OrderInput", "external_id")),
    Field("customer_id", "Existing client", width="full",
          hint="Enter the email, phone, name, customer number or ID. For a new client, fill in the fields below."),
    Field("first_name", "First name", schema_field=("CustomerInput", "first_name")),
    Field("last_name", "Last name", schema_field=("CustomerInput", "last_name")),
    Field("email", "Email", "email", schema_field=("CustomerInput", "email")),
    Field("phone", "Phone", "tel", schema_field=("CustomerInput", "phone")),
    Field("note", "Note", "textarea", schema_field=("OrderInput", "note"), width="full"),
)  # fmt: skip
TRACKING = (
    Field("carrier", "Carrier", schema_field=("Tracking", "carrier")),
    Field("number", "Tracking number", schema_field=("Tracking", "number")),
    Field("url", "Tracking link", "url", schema_field=("Tracking", "url"), width="full"),
)
CANCEL = (Field("reason", "Reason", schema_field=("CancelInput", "reason"), width="full"),)


def index(request: PageRequest) -> Response:
    filters = read_filters(request, FILTERS)
    results = tables.search_orders(request.actor, parse_time_range(filters), request.page)
    items = OrderItem.by_order([order.id for order in results.rows])
    return request.render("pages/orders.html", results=results, filters=filters, items=items)


def show_new(request: PageRequest) -> Response:
    texts = {
        "listing_id": find_listing_text(request, request.value("listing")),
        "customer_id": find_customer_text(request, request.value("customer")),
    }
    return _render_new(request, Form(SALE, texts))


def create(request: PageRequest) -> Response:
    form = Form.parse(SALE, request.form_data)
    resolve_listing(request, form)
    resolve_customer(request, form)
    _require_buyer(form)
    if form.is_valid:
        with (
            form.collect_refusals(id="customer_id"),
            request.audited_change("order.received", None, "Sale recorded") as change,
        ):
            order = Order.place(request.actor, _build_order_input(form.values))
            change.subject_id, change.path = order.id, f"/orders/{order.id}"
    if form.is_valid:
        return request.redirect(change.path, "Sale recorded. The watch is marked as sold.")
    return _render_new(request, form, 422)


def show(request: PageRequest) -> Response:
    return _render_order(request, _find_order(request), Form(TRACKING), Form(CANCEL))


def fulfil(request: PageRequest) -> Response:
    order, form = _find_order(request), Form.parse(TRACKING, request.form_data)
    url = form.values.get("url")
    if url and (not url.startswith(("https://", "http://")) or " " in url):
        form.errors["url"] = "Enter a link that starts with https:// and has no spaces."
    if form.is_valid:
        with form.collect_refusals(), request.audited_change("order.fulfilled", order.id, "Order fulfilled"):
            order.fulfil(request.actor, form.values if any(form.values.values()) else None)
            return request.redirect(f"/orders/{order.id}", "Order fulfilled.")
    return _render_order(request, _find_order(request), form, Form(CANCEL), 422)


def cancel(request: PageRequest) -> Response:
    order, form = _find_order(request), Form.parse(CANCEL, request.form_data)
    if form.is_valid:
        with form.collect_refusals(), request.audited_change("order.cancelled", order.id, "Order cancelled"):
            order.cancel(request.actor, form.values["reason"])
            return request.redirect(f"/orders/{order.id}", "Order cancelled. Its watches are back in stock.")
    return _render_order(request, _find_order(request), Form(TRACKING), form, 422)


def _find_order(request: PageRequest) -> Order:
    return Order.find(request.actor, request.row_id)


def _build_order_input(values: dict[str, Any]) -> dict[str, Any]:
    """The spec's OrderInput."""
    item: dict[str, Any] = {"listing_id": values["listing_id"]}
    if (cents := values["price_cents"]) is not None:
        item["price_eur"] = Decimal(cents).scaleb(-2)
    new_customer = {name: values[name] for name in ("first_name", "last_name", "email", "phone") if values[name]}
    customer = {"id": values["customer_id"]} if values["customer_id"] else new_customer
    return {"items": [item], "customer": customer, "external_id": values["external_id"], "note": values["note"]}


def _require_buyer(form: Form) -> None:
    values = form.values
    if not any(values.get(name) for name in ("customer_id", "email", "phone")) and not form.errors:
        form.errors["email"] = "Choose an existing client, or enter an email or a phone number."


def _render_new(request: PageRequest, form: Form, status: int = 200) -> Response:
    options = {"listing_id": list_listing_options(request), "customer_id": list_customer_options(request)}
    return request.render("pages/order_new.html", status=status, form=form, options=options)


def _render_order(
    request: PageRequest, order: Order, tracking: Form, cancellation: Form, status: int = 200
) -> Response:
    events = Event.listed(request.actor).where(Event.resource_id == order.id).order_by(Event.sequence)
    return request.render(
        "pages/order.html",
        status=status,
        order=order,
        items=OrderItem.of(order.id),
        tracking=tracking,
        cancellation=cancellation,
        events=list(events),
    )
