"""Client pages: the table, one client with their orders, create, edit."""

from typing import Any

from starlette.responses import Response

from dashboard.forms.filters import parse_time_range, read_filters
from dashboard.forms.form import Field, Form
from dashboard.request import PageRequest
from models.customer import ADDRESS_FIELDS, Customer
from models.search import tables


def _customer_field(name: str, label: str, kind: str = "text", **options: Any) -> Field:
    return Field(name, label, kind, ("CustomerInput", name), **options)


def _address_field(name: str, label: str, kind: str = "text") -> Field:
    return Field(name, label, kind, ("AddressInput", name))


IDENTIFIER_HINT = "Enter at least an email, a phone number or a customer number."
FIELDS = (
    _customer_field("first_name", "First name"),
    _customer_field("last_name", "Last name"),
    _customer_field("email", "Email", "email", hint=IDENTIFIER_HINT),
    _customer_field("phone", "Phone", "tel"),
    _customer_field("external_id", "Your customer number"),
    _customer_field("company", "Company"),
    _customer_field("vat_id", "VAT number"),
    _address_field("line1", "Address line 1"),
    _address_field("line2", "Address line 2"),
    _address_field("postal_code", "Postal code"),
    _address_field("city", "City"),
    _address_field("region", "Region"),
    _address_field("country", "Country", "country"),
    _customer_field("notes", "Notes", "textarea", width="full"),
)
FILTERS = ("q", "orders", "since", "until")
MATCHED_BY = {"external_id": "customer number", "email": "email", "phone": "phone number"}


def index(request: PageRequest) -> Response:
    filters = read_filters(request, FILTERS)
    results = tables.search_customers(request.actor, parse_time_range(filters), request.page)
    return request.render("pages/clients.html", results=results, filters=filters)


def show_new(request: PageRequest) -> Response:
    return request.render("pages/client_new.html", form=Form(FIELDS))


def create(request: PageRequest) -> Response:
    """Create a client, or update the one that the form matches.

    A person has one record.
    """
    form = _require_identifier(Form.parse(FIELDS, request.form_data))
    if form.is_valid:
        summary = _summarize(form.values)
        with form.collect_refusals(), request.audited_change("customer.created", None, summary) as change:
            client, matched_by = Customer.upsert(request.actor, _build_customer_input(form.values))
            change.subject_id, change.path = client.id, f"/clients/{client.id}"
    if not form.is_valid:
        return request.render("pages/client_new.html", status=422, form=form)
    notice = f"Existing client updated. The {MATCHED_BY[matched_by]} matched." if matched_by else "Client created."
    return request.redirect(change.path, notice)


def show(request: PageRequest) -> Response:
    client = _find_client(request)
    return _render_client(request, client, Form.show(FIELDS, _format_fields(client)))


def update(request: PageRequest) -> Response:
    client = _find_client(request)
    form = _require_identifier(Form.parse_edit(FIELDS, request.form_data, _format_fields(client)))
    if form.is_valid:
        summary = _summarize(form.values)
        with form.collect_refusals(), request.audited_change("customer.updated", client.id, summary):
            form.require_unchanged(_format_fields(_find_client(request)))
            client.change(request.actor, _nest_address(form.values))
    if form.is_valid:
        return request.redirect(f"/clients/{client.id}", "Client updated.")
    return _render_client(request, client, form, 422)


def _render_client(request: PageRequest, client: Customer, form: Form, status: int = 200) -> Response:
    orders = tables.search_orders(request.actor, {"customer": client.id})
    return request.render("pages/client.html", status=status, client=client, form=form, orders=orders)


def _require_identifier(form: Form) -> Form:
    if form.is_valid and not any(form.values[name] for name in MATCHED_BY):
        form.errors["email"] = IDENTIFIER_HINT
    return form


def _find_client(request: PageRequest) -> Customer:
    return Customer.find(request.actor, request.row_id)


def _build_customer_input(values: dict[str, Any]) -> dict[str, Any]:
    """The spec's CustomerInput, without blank fields."""
    return {name: value for name, value in _nest_address(values).items() if value is not None}


def _nest_address(values: dict[str, Any]) -> dict[str, Any]:
    address = {name: values[name] for name in ADDRESS_FIELDS}
    other = {name: value for name, value in values.items() if name not in ADDRESS_FIELDS}
    return {**other, "address": address if any(address.values()) else None}


def _summarize(values: dict[str, Any]) -> str:
    """The client's name for the audit log."""
    name = " ".join(part for part in (values.get("first_name"), values.get("last_name")) if part)
    return name or values.get("company") or values.get("email") or "Client"


def _format_fields(client: Customer) -> dict[str, str]:
    """The client's fields as the form shows them."""
    values = {**client.columns(), **(client.address or {})}
    return {field.name: str(values.get(field.name) or "") for field in FIELDS}
