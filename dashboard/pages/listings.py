"""Listing pages: create, edit, publish, sell and restock one watch."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.rendering import humanize
from dashboard.request import PageRequest
from inventory.cell_parser import PRIVATE_LIMITS
from inventory.text_fields import validate_photo_url
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
    _schema_field("title", "Title", hint="Leave blank for brand, model and reference.", width="full"),
    Field("asking_price_cents", "Asking price (EUR)", "money", ("Listing", "asking_price_eur"), is_required=True),
    _choice("vat_regime", "VAT", is_required=True),
    _choice("condition", "Condition"),
    _schema_field("year", "Year", "integer"),
    _schema_field("has_box", "Box", "boolean"),
    _schema_field("has_papers", "Papers", "boolean"),
    _choice("movement", "Movement"),
    _schema_field("caliber", "Caliber"),
    _schema_field("power_reserve_h", "Power reserve (h)", "integer"),
    _schema_field("case_material", "Case material"),
    _schema_field("case_diameter_mm", "Case diameter (mm)", "number"),
    _schema_field("water_resistance_m", "Water resistance (m)", "integer"),
    _schema_field("bracelet_material", "Bracelet"),
    _schema_field("dial_color", "Dial"),
    _schema_field("location_country", "Country", "country", hint="A two-letter code such as DE."),
    _schema_field("complications", "Complications", "list", hint="Separate entries with commas.", width="full"),
    _schema_field("description", "Description", "textarea", width="full"),
    Field(
        "photos",
        "Photos",
        "lines",
        width="full",
        hint="Enter one https:// address per line. The first photo is the cover.",
    ),
    Field(
        "sku",
        "SKU",
        "sku",
        max_length=PRIVATE_LIMITS["sku"].max_length,
        hint="A CSV import updates the watch with the same SKU.",
    ),
    Field("serial_number", "Serial number", max_length=PRIVATE_LIMITS["serial_number"].max_length),
    Field("cost_price_cents", "Cost price (EUR)", "money", ("Listing", "asking_price_eur")),
    Field("supplier", "Supplier", max_length=PRIVATE_LIMITS["supplier"].max_length),
)
MAX_PHOTOS = limits("Listing", "photos").max_items


def show_new(request: PageRequest) -> Response:
    form = Form(FIELDS, {"vat_regime": "margin", "location_country": request.dealer.country})
    return request.render("pages/listing_new.html", form=form)


def create(request: PageRequest) -> Response:
    form = _check_form(request, Form.parse(FIELDS, request.form_data))
    if form.is_valid:
        with form.collect_refusals(), request.audited_change("listing.created", None, _summarize(form)) as change:
            listing = Listing.create_for(request.actor, form.values)
            change.subject_id, change.path = listing.id, f"/inventory/{listing.id}"
            if request.value("then") == "publish":
                listing.publish(request.actor)
    if form.is_valid:
        return request.redirect(change.path, "Watch added to your inventory.")
    return request.render("pages/listing_new.html", status=422, form=form)


def show(request: PageRequest) -> Response:
    listing = _find_listing(request)
    return request.render("pages/listing.html", listing=listing, form=Form.show(FIELDS, _format_fields(listing)))


def update(request: PageRequest) -> Response:
    listing = _find_listing(request)
    form = _check_form(request, Form.parse_edit(FIELDS, request.form_data, _format_fields(listing)))
    if form.is_valid:
        with form.collect_refusals(), request.audited_change("listing.updated", listing.id, _summarize(form)):
            form.require_unchanged(_format_fields(_find_listing(request)))
            listing.change(request.actor, form.values)
    if form.is_valid:
        return request.redirect(f"/inventory/{listing.id}", "Watch updated.")
    return request.render("pages/listing.html", status=422, listing=listing, form=form)


def publish(request: PageRequest) -> Response:
    return _change(request, "published", Listing.publish, "Watch published.")


def unpublish(request: PageRequest) -> Response:
    return _change(request, "unpublished", Listing.unpublish, "Watch unpublished.")


def sell(request: PageRequest) -> Response:
    return _change(request, "sold", Listing.sell, "Watch marked as sold.")


def restock(request: PageRequest) -> Response:
    return _change(request, "restocked", Listing.restock, "Watch back in stock.")


def _change(request: PageRequest, participle: str, action: Callable[..., Any], notice: str) -> Response:
    listing = _find_listing(request)
    with request.audited_change(f"listing.{participle}", listing.id, listing.title):
        action(listing, request.actor)
    return request.redirect(f"/inventory/{listing.id}", notice)


def _find_listing(request: PageRequest) -> Listing:
    return Listing.find(request.actor, request.row_id)


def _check_form(request: PageRequest, form: Form) -> Form:
    _parse_photos(form)
    _reject_taken_sku(request, form)
    if not form.values.get("title"):
        parts = (form.values.get(name) for name in ("brand", "model", "reference"))
        form.values["title"] = " ".join(part for part in parts if part)
    return form


def _parse_photos(form: Form) -> None:
    urls = form.values.get("photos", [])
    if len(urls) > MAX_PHOTOS:
        form.errors["photos"] = f"Enter at most {MAX_PHOTOS} photos."
    try:
        for url in urls:
            validate_photo_url(url)
    except ValueError as error:
        form.errors["photos"] = str(error)
    form.values["photos"] = [{"url": url, "position": position} for position, url in enumerate(urls)]


def _reject_taken_sku(request: PageRequest, form: Form) -> None:
    sku, listing_id = form.values.get("sku"), request.http_request.path_params.get("id", "")
    skus = {row.id: row.sku for row in Listing.with_skus(request.actor, [sku])} if sku else {}
    if set(skus) - {listing_id} and skus.get(listing_id) != sku:
        form.errors["sku"] = "Another watch has this SKU. Enter a different one."


def _summarize(form: Form) -> str:
    """The watch's title for the audit log."""
    return str(form.values["title"])


def _format_fields(listing: Listing) -> dict[str, str]:
    """The listing's fields as the form shows them, and parses them back."""
    return {field.name: _format_value(field, getattr(listing, field.name)) for field in FIELDS}


def _format_value(field: Field, value: Any) -> str:
    if value is None:
        return ""
    if field.kind == "money":
        return f"{value // 100}.{value % 100:02}" if value % 100 else str(value // 100)
    if field.kind == "boolean":
        return "yes" if value else "no"
    if field.kind == "lines":
        return "\n".join(photo["url"] for photo in value)
    if field.kind == "list":
        return ", ".join(value)
    return f"{value:g}" if isinstance(value, float) else str(value)
