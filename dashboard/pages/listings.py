"""Listing pages: create, edit, publish, sell and restock one watch."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.rendering import words as humanize
from dashboard.request import PageRequest
from models.listing import Listing
from spec.document import limits


def _schema_field(name: str, label: str, kind: str = "text", **options: Any) -> Field:
    return Field(name, label, kind, ("Listing", name), **options)


def _choice(name: str, label: str, **options: Any) -> Field:
    """A field that offers the values of the schema's enum."""
    choices = tuple((value, humanize(value)) for value in limits("Listing", name).enum)
    return _schema_field(name, label, "choice", choices=choices, **options)


FIELDS = (
    _schema_field("brand", "Brand", is_required=True),
    _schema_field("model", "Model", is_required=True),
    _schema_field("reference", "Reference"),
    _schema_field("title", "Title", hint="Blank: brand, model and reference.", width="full"),
    Field("asking_price_cents", "Asking price (EUR)", "money", ("Listing", "asking_price_eur"), is_required=True),
    _choice("vat_regime", "VAT", is_required=True),
    _choice("condition", "Condition"),
    _schema_field("year", "Year", "whole"),
    _schema_field("has_box", "Box", "yes_no"),
    _schema_field("has_papers", "Papers", "yes_no"),
    _choice("movement", "Movement"),
    _schema_field("caliber", "Caliber"),
    _schema_field("power_reserve_h", "Power reserve (h)", "whole"),
    _schema_field("case_material", "Case material"),
    _schema_field("case_diameter_mm", "Diameter (mm)", "number"),
    _schema_field("water_resistance_m", "Water resistance (m)", "whole"),
    _schema_field("bracelet_material", "Bracelet"),
    _schema_field("dial_color", "Dial"),
    _schema_field("location_country", "Country", "country", hint="Two letters, such as DE."),
    _schema_field("complications", "Complications", "list", hint="Separated by commas.", width="full"),
    _schema_field("description", "Description", "area", width="full"),
    Field("photos", "Photos", "lines", width="full", hint="One https:// address a line; the first is the cover."),
    Field("sku", "SKU", schema_field=("Listing", "reference"), hint="Rows of a CSV file find their watch by it."),
    Field("serial_number", "Serial number", schema_field=("Listing", "reference")),
    Field("cost_price_cents", "Cost price (EUR)", "money", ("Listing", "asking_price_eur")),
    Field("supplier", "Supplier", schema_field=("Listing", "model")),
)
MAX_PHOTOS = limits("Listing", "photos").max_items
MAX_URL_LENGTH = limits("Photo", "url").max_length


def show_new(request: PageRequest) -> Response:
    form = Form(FIELDS, {"vat_regime": "margin", "location_country": request.dealer.country})
    return request.render("pages/listing_new.html", form=form)


def create(request: PageRequest) -> Response:
    form = _filled(request)
    if form.is_valid:
        with form.collect_refusals(), request.audited_change("listing.created", None, _named(form)) as made:
            listing = Listing.create_for(request.actor, form.values)
            made.subject_id = listing.id
            if request.value("then") == "publish":
                listing.publish(request.actor)
    if form.is_valid:
        return request.redirect(f"/inventory/{listing.id}", "The watch is in your inventory.")
    return request.render("pages/listing_new.html", status=422, form=form)


def show(request: PageRequest) -> Response:
    listing = _listing(request)
    return request.render("pages/listing.html", listing=listing, form=Form(FIELDS, texts_of(listing)))


def change(request: PageRequest) -> Response:
    listing, form = _listing(request), _filled(request)
    if form.is_valid:
        with form.collect_refusals(), request.audited_change("listing.updated", listing.id, _named(form)):
            listing.change(request.actor, form.values)
    if form.is_valid:
        return request.redirect(f"/inventory/{listing.id}", "Saved.")
    return request.render("pages/listing.html", status=422, listing=listing, form=form)


def publish(request: PageRequest) -> Response:
    return _done(request, "published", Listing.publish, "The watch is on the custom channel.")


def unpublish(request: PageRequest) -> Response:
    return _done(request, "unpublished", Listing.unpublish, "The watch is off the custom channel.")


def sell(request: PageRequest) -> Response:
    return _done(request, "sold", Listing.sell, "The watch is marked sold.")


def restock(request: PageRequest) -> Response:
    return _done(request, "restocked", Listing.restock, "The watch is back in stock.")


def _done(request: PageRequest, participle: str, verb: Callable[..., Any], notice: str) -> Response:
    listing = _listing(request)
    with request.audited_change(f"listing.{participle}", listing.id, listing.title[:200]):
        verb(listing, request.actor)
    return request.redirect(f"/inventory/{listing.id}", notice)


def _listing(request: PageRequest) -> Listing:
    return Listing.find(request.actor, request.row_id)


def _filled(request: PageRequest) -> Form:
    form = Form.parse(FIELDS, request.form_data)
    _read_photos(form)
    _refuse_taken_sku(request, form)
    if not form.values.get("title"):
        named = (form.values.get(name) for name in ("brand", "model", "reference"))
        form.values["title"] = " ".join(part for part in named if part)
    return form


def _read_photos(form: Form) -> None:
    urls = form.values.get("photos", [])
    if len(urls) > MAX_PHOTOS:
        form.errors["photos"] = f"Enter at most {MAX_PHOTOS} photos."
    if any(not url.startswith("https://") or " " in url or len(url) > MAX_URL_LENGTH for url in urls):
        form.errors["photos"] = "Enter one address per line. Each starts with https:// and has no spaces."
    form.values["photos"] = [{"url": url, "position": position} for position, url in enumerate(urls)]


def _refuse_taken_sku(request: PageRequest, form: Form) -> None:
    sku, own_id = form.values.get("sku"), request.http_request.path_params.get("id")
    if sku and Listing.of(request.actor).where(Listing.sku == sku, Listing.id != (own_id or "")).exists():
        form.errors["sku"] = "Another watch has this SKU already; give this one a different SKU."


def _named(form: Form) -> str:
    return str(form.values["title"])[:200]


def texts_of(listing: Listing) -> dict[str, str]:
    """A row as a person would type it."""
    return {one.name: _typed(one, getattr(listing, one.name)) for one in FIELDS}


def _typed(one: Field, value: Any) -> str:
    if value is None:
        return ""
    if one.kind == "money":
        return f"{value // 100}.{value % 100:02}" if value % 100 else str(value // 100)
    if one.kind == "yes_no":
        return "yes" if value else "no"
    if one.kind == "lines":
        return "\n".join(photo["url"] for photo in value)
    if one.kind == "list":
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
