"""One watch: its form, and what can happen to it."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.request import PageRequest
from models.listing import Listing


def _choices(*names: str) -> tuple[tuple[str, str], ...]:
    return tuple((name, name.replace("_", " ").capitalize()) for name in names)


def _of(name: str, label: str, kind: str = "text", **more: Any) -> Field:
    return Field(name, label, kind, ("Listing", name), **more)


FIELDS = (
    _of("brand", "Brand", is_required=True),
    _of("model", "Model", is_required=True),
    _of("reference", "Reference"),
    _of("title", "Title", hint="Blank: brand, model and reference.", width="full"),
    Field("asking_price_cents", "Asking price (€)", "money", is_required=True),
    _of("vat_regime", "VAT", "choice", choices=_choices("margin", "standard", "export"), is_required=True),
    _of("condition", "Condition", "choice", choices=_choices("new", "unworn", "very_good", "good", "fair", "poor")),
    _of("year", "Year", "whole"),
    _of("has_box", "Box", "yes_no"),
    _of("has_papers", "Papers", "yes_no"),
    _of("movement", "Movement", "choice", choices=_choices("automatic", "manual", "quartz")),
    _of("caliber", "Caliber"),
    _of("power_reserve_h", "Power reserve (h)", "whole"),
    _of("case_material", "Case material"),
    _of("case_diameter_mm", "Diameter (mm)", "number"),
    _of("water_resistance_m", "Water resistance (m)", "whole"),
    _of("bracelet_material", "Bracelet"),
    _of("dial_color", "Dial"),
    _of("location_country", "Country", "country", hint="Two letters, such as DE."),
    _of("complications", "Complications", "list", hint="Separated by commas.", width="full"),
    _of("description", "Description", "area", width="full"),
    Field("photos", "Photos", "lines", width="full", hint="One https:// address a line; the first is the cover."),
    Field("sku", "SKU", limits=("Listing", "reference"), hint="Rows of a CSV file find their watch by it."),
    Field("serial_number", "Serial number", limits=("Listing", "reference")),
    Field("cost_price_cents", "Cost price (€)", "money"),
    Field("supplier", "Supplier", limits=("Listing", "model")),
)
HIGHEST_PRICE_CENTS = 100_000_000_00
MOST_PHOTOS = 50


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
    form = Form.filled(FIELDS, request.form_data)
    for name in ("asking_price_cents", "cost_price_cents"):
        if (form.values.get(name) or 0) > HIGHEST_PRICE_CENTS:
            form.errors[name] = "This is too large: the most is €100,000,000."
    _read_photos(form)
    _refuse_taken_sku(request, form)
    if not form.values.get("title"):
        named = (form.values.get(name) for name in ("brand", "model", "reference"))
        form.values["title"] = " ".join(part for part in named if part)
    return form


def _read_photos(form: Form) -> None:
    urls = form.values.get("photos", [])
    if len(urls) > MOST_PHOTOS:
        form.errors["photos"] = f"Give at most {MOST_PHOTOS} photos."
    if any(not url.startswith("https://") or " " in url or len(url) > 2048 for url in urls):
        form.errors["photos"] = "Each line is an address that starts with https:// and has no spaces."
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
