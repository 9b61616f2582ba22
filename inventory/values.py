"""The values of one listing as its file writes them, each kind with its limits."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypedDict, cast

from inventory.box_and_papers import box_and_papers, has_box, has_papers
from inventory.countries import country
from inventory.headers import PRICES
from inventory.measures import hours, metres, millimetres, year
from inventory.money import NO_RATES, euro_cents
from inventory.terms import condition, movement, vat_regime
from inventory.texts import complications, has_no_value, line, photos, prose, unprotected
from spec.characters import find_control_character
from spec.document import Limits, limits

# Bounds the work of the regular expressions: no number, date or word of the trade is longer.
_LONGEST_TERM = 300
# Files write 0 for "price on request". Imported as the asking price, it would offer the watch for nothing.
_LOWEST_CENTS = {"asking_price_eur": 1, "cost_price_eur": 0}
# The API does not show these fields, so the document does not limit them.
_PRIVATE_LIMITS = {
    "sku": Limits(max_length=100),
    "serial_number": Limits(max_length=255),
    "supplier": Limits(max_length=255),
}


class ListingValues(TypedDict, total=False):
    """What a row says about a listing; a cell without a value has no key here. Prices are euro cents."""

    sku: str
    brand: str
    model: str
    reference: str
    title: str
    description: str
    condition: str
    year: int
    case_material: str
    case_diameter_mm: Decimal
    bracelet_material: str
    dial_color: str
    movement: str
    caliber: str
    power_reserve_h: int
    water_resistance_m: int
    complications: list[str]
    has_box: bool
    has_papers: bool
    asking_price_cents: int
    vat_regime: str
    location_country: str
    photos: list[str]
    cost_price_cents: int
    serial_number: str
    supplier: str


def parse_cell(
    field: str, cell: str, unit: str | None = None, rates: Mapping[str, Decimal] = NO_RATES
) -> ListingValues:
    """What `cell` says for one of columns.FIELDS: nothing when it is empty, two keys for box_and_papers.

    `unit` is what bare numbers of the column are in. Raises ValueError, the reason in one plain sentence."""
    text = cell.strip()
    if has_no_value(text):
        return {}
    text = unprotected(text)
    _refuse_unreadable(field, text)
    if field in _TEXTS:
        return cast("ListingValues", {field: _TEXTS[field](text, limits_of(field))})
    if field == "box_and_papers":
        return cast("ListingValues", box_and_papers(text))
    if field in PRICES:
        cents = euro_cents(text, unit, rates, lowest_cents=_LOWEST_CENTS[field])
        return cast("ListingValues", {field.replace("_eur", "_cents"): cents})
    if field in _MEASURES:
        return cast("ListingValues", {field: _MEASURES[field](text, unit)})
    return cast("ListingValues", {field: _PARSERS[field](text)})


def limits_of(field: str) -> Limits:
    return _PRIVATE_LIMITS[field] if field in _PRIVATE_LIMITS else limits("Listing", field)


def _refuse_unreadable(field: str, text: str) -> None:
    if control := find_control_character(text):
        raise ValueError(f"This contains the control character U+{ord(control):04X}: remove it.")
    if len(text) > _LONGEST_TERM and field not in _TEXTS:
        raise ValueError(f"This has {len(text)} characters: shorten it.")


_MEASURES: Mapping[str, Callable[[str, str | None], Any]] = {
    "case_diameter_mm": millimetres,
    "power_reserve_h": hours,
    "water_resistance_m": metres,
}
_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "condition": condition,
    "year": year,
    "movement": movement,
    "has_box": has_box,
    "has_papers": has_papers,
    "vat_regime": vat_regime,
    "location_country": country,
}
_TEXTS: Mapping[str, Callable[[str, Limits], Any]] = {
    "sku": line,
    "brand": line,
    "model": line,
    "reference": line,
    "title": line,
    "description": prose,
    "case_material": line,
    "bracelet_material": line,
    "dial_color": line,
    "caliber": line,
    "complications": complications,
    "photos": photos,
    "serial_number": line,
    "supplier": line,
}
