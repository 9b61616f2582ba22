"""One watch: its form, and what can happen to it."""

from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from dashboard.forms.form import Field, Form
from dashboard.request import Visit
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


def show_new(visit: Visit) -> Response:
    form = Form(FIELDS, {"vat_regime": "margin", "location_country": visit.dealer.country})
    return visit.render("listing_new.html", form=form)


def create(visit: Visit) -> Response:
    form = _filled(visit)
    if form.is_good:
        with form.taking_refusals(), visit.change("listing.created", None, _named(form)) as made:
            listing = Listing.create_for(visit.actor, form.values)
            made.subject_id = listing.id
            if visit.given("then") == "publish":
                listing.publish(visit.actor)
    if form.is_good:
        return visit.redirect(f"/inventory/{listing.id}", "The watch is in your inventory.")
    return visit.render("listing_new.html", status=422, form=form)


def show(visit: Visit) -> Response:
    listing = _listing(visit)
    return visit.render("listing.html", listing=listing, form=Form(FIELDS, texts_of(listing)))


def change(visit: Visit) -> Response:
    listing, form = _listing(visit), _filled(visit)
    if form.is_good:
        with form.taking_refusals(), visit.change("listing.updated", listing.id, _named(form)):
            listing.change(visit.actor, form.values)
    if form.is_good:
        return visit.redirect(f"/inventory/{listing.id}", "Saved.")
    return visit.render("listing.html", status=422, listing=listing, form=form)


def publish(visit: Visit) -> Response:
    return _done(visit, "published", Listing.publish, "The watch is on the custom channel.")


def unpublish(visit: Visit) -> Response:
    return _done(visit, "unpublished", Listing.unpublish, "The watch is off the custom channel.")


def sell(visit: Visit) -> Response:
    return _done(visit, "sold", Listing.sell, "The watch is marked sold.")


def restock(visit: Visit) -> Response:
    return _done(visit, "restocked", Listing.restock, "The watch is back in stock.")


def _done(visit: Visit, participle: str, verb: Callable[..., Any], notice: str) -> Response:
    listing = _listing(visit)
    with visit.change(f"listing.{participle}", listing.id, listing.title[:200]):
        verb(listing, visit.actor)
    return visit.redirect(f"/inventory/{listing.id}", notice)


def _listing(visit: Visit) -> Listing:
    return Listing.find(visit.actor, visit.row_id)


def _filled(visit: Visit) -> Form:
    form = Form.filled(FIELDS, visit.sent)
    for name in ("asking_price_cents", "cost_price_cents"):
        if (form.values.get(name) or 0) > HIGHEST_PRICE_CENTS:
            form.errors[name] = "This is too large: the most is €100,000,000."
    _read_photos(form)
    _refuse_taken_sku(visit, form)
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


def _refuse_taken_sku(visit: Visit, form: Form) -> None:
    sku, own_id = form.values.get("sku"), visit.request.path_params.get("id")
    if sku and Listing.of(visit.actor).where(Listing.sku == sku, Listing.id != (own_id or "")).exists():
        form.errors["sku"] = "Another watch has this SKU; give each its own."


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
