"""Clients: the table, one client with their orders, and the form for both."""

from typing import Any

from starlette.responses import Response

from dashboard.forms.filters import in_ms, read_filters
from dashboard.forms.form import Field, Form
from dashboard.request import PageRequest
from models.customer import ADDRESS_FIELDS, Customer
from models.search import tables


def _of(name: str, label: str, kind: str = "text", **more: Any) -> Field:
    return Field(name, label, kind, ("CustomerInput", name), **more)


def _part(name: str, label: str, kind: str = "text") -> Field:
    return Field(name, label, kind, ("AddressInput", name))


FIELDS = (
    _of("first_name", "First name"),
    _of("last_name", "Last name"),
    _of("email", "E-mail", "email", hint="At least one of e-mail, phone and your customer number."),
    _of("phone", "Phone", "tel"),
    _of("external_id", "Your customer number"),
    _of("company", "Company"),
    _of("vat_id", "VAT number"),
    _part("line1", "Street and number"),
    _part("line2", "Address, second line"),
    _part("postal_code", "Postal code"),
    _part("city", "City"),
    _part("region", "Region"),
    _part("country", "Country", "country"),
    _of("notes", "Notes", "area", width="full"),
)
FILTERS = ("q", "orders", "since", "until")


def index(request: PageRequest) -> Response:
    filters = read_filters(request, FILTERS)
    found = tables.search_customers(request.actor, in_ms(filters), request.page)
    return request.render("pages/clients.html", results=found, filters=filters)


def show_new(request: PageRequest) -> Response:
    return request.render("pages/client_new.html", form=Form(FIELDS))


def create(request: PageRequest) -> Response:
    """One person is one record: a client that is known already is brought up to date."""
    form = Form.parse(FIELDS, request.form_data)
    if form.is_valid:
        with form.collect_refusals(), request.audited_change("customer.created", None, _name(form.values)) as made:
            client, matched_by = Customer.upsert(request.actor, _given(form.values))
            made.subject_id = client.id
    if not form.is_valid:
        return request.render("pages/client_new.html", status=422, form=form)
    notice = (
        "The client is in your list." if matched_by is None else f"Known already by {matched_by}: brought up to date."
    )
    return request.redirect(f"/clients/{client.id}", notice)


def show(request: PageRequest) -> Response:
    client = _client(request)
    return _client_page(request, client, Form(FIELDS, texts_of(client)))


def change(request: PageRequest) -> Response:
    client, form = _client(request), Form.parse(FIELDS, request.form_data)
    if form.is_valid:
        with form.collect_refusals(), request.audited_change("customer.updated", client.id, _name(form.values)):
            client.change(request.actor, _whole(form.values))
    if form.is_valid:
        return request.redirect(f"/clients/{client.id}", "Saved.")
    return _client_page(request, client, form, 422)


def _client_page(request: PageRequest, client: Customer, form: Form, status: int = 200) -> Response:
    orders = tables.search_orders(request.actor, {"customer": client.id})
    return request.render("pages/client.html", status=status, client=client, form=form, orders=orders)


def _client(request: PageRequest) -> Customer:
    return Customer.find(request.actor, request.row_id)


def _given(values: dict[str, Any]) -> dict[str, Any]:
    """The CustomerInput of the document, without what was left blank."""
    return {name: value for name, value in _whole(values).items() if value is not None}


def _whole(values: dict[str, Any]) -> dict[str, Any]:
    address = {part: values[part] for part in ADDRESS_FIELDS}
    plain = {name: value for name, value in values.items() if name not in ADDRESS_FIELDS}
    return {**plain, "address": address if any(address.values()) else None}


def _name(values: dict[str, Any]) -> str:
    named = " ".join(part for part in (values.get("first_name"), values.get("last_name")) if part)
    return (named or values.get("company") or values.get("email") or "Client")[:200]


def texts_of(client: Customer) -> dict[str, str]:
    """A row as a person would type it."""
    row = {**client.columns(), **(client.address or {})}
    return {one.name: str(row.get(one.name) or "") for one in FIELDS}
