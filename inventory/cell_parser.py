"""Parses one cell by its field, within the limits of the OpenAPI document."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypedDict, cast

from inventory.box_and_papers import parse_box_and_papers, parse_has_box, parse_has_papers
from inventory.countries import parse_country
from inventory.enums import parse_condition, parse_movement, parse_vat_regime
from inventory.formula_escaping import is_blank, unescape_formula
from inventory.headers import PRICE_FIELDS
from inventory.identifiers import clean_identifier, parse_identifier, parse_sku, remove_invisible, strip_decoration
from inventory.markup import to_plain_text
from inventory.measurements import parse_case_diameter, parse_power_reserve, parse_water_resistance, parse_year
from inventory.money import NO_RATES, euro_cents
from inventory.text_fields import parse_complications, parse_line, parse_photos, parse_text
from spec.characters import find_control_character
from spec.document import Limits, limits

# Bounds the time that regular expressions take. No number, date or term is longer.
_MAX_TERM_CHARACTERS = 300
_MAX_CLEANED_CHARACTERS = 2_000  # a longer text is rejected by its length
# Dealers write 0 for "price on request". Imported as a price, it would put the watch on sale for nothing.
_MIN_CENTS = {"asking_price_eur": 1, "cost_price_eur": 0}
# The API does not have these fields, so the document does not limit them. The dashboard's forms use this table too.
PRIVATE_LIMITS = {
    "sku": Limits(max_length=100),
    "serial_number": Limits(max_length=255),
    "supplier": Limits(max_length=255),
}


class ListingValues(TypedDict, total=False):
    """The values of a row. A blank cell has no key.

    Prices are in euro cents. Photos are URLs in display order.
    """

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
    field: str,
    cell: str,
    unit: str | None = None,
    rates: Mapping[str, Decimal] = NO_RATES,
    *,
    is_exported: bool = False,
) -> ListingValues:
    """Parse a cell for one of `columns.FIELDS`.

    Returns no key for a blank cell, up to two keys for `box_and_papers`, otherwise one. `unit` applies to numbers
    without a unit: a currency code, or a unit such as "bar". `rates` are as in `money.euro_cents`. Texts of a cell
    that the hub has exported are taken literally: "<b>" is no markup. Raises ValueError with a message to show.
    """
    is_literal = is_exported and field in _MARKED_UP
    text = cell.strip() if is_literal else strip_decoration(cell)
    if is_blank(text):
        return {}
    text = unescape_formula(text) if is_literal else _clean(field, unescape_formula(text))
    if not text:
        return {}
    _validate_characters(field, text)
    if field in _TEXT_PARSERS:
        return cast("ListingValues", {field: _TEXT_PARSERS[field](text, _find_limits(field))})
    if field == "box_and_papers":
        return cast("ListingValues", parse_box_and_papers(text))
    if field in PRICE_FIELDS:
        cents = euro_cents(text, unit, rates, min_cents=_MIN_CENTS[field])
        return cast("ListingValues", {field.replace("_eur", "_cents"): cents})
    if field in _MEASUREMENT_PARSERS:
        return cast("ListingValues", {field: _MEASUREMENT_PARSERS[field](text, unit)})
    return cast("ListingValues", {field: _TERM_PARSERS[field](text)})


def _clean(field: str, text: str) -> str:
    """Remove invisible characters, except from free text: emoji need some."""
    if len(text) > _MAX_CLEANED_CHARACTERS and field != "description":
        return text
    if field in _IDENTIFIERS:
        return clean_identifier(text)
    if field in _MARKED_UP:
        return to_plain_text(text)
    return text if field in _TEXT_PARSERS else remove_invisible(text)


def _find_limits(field: str) -> Limits:
    return PRIVATE_LIMITS[field] if field in PRIVATE_LIMITS else limits("Listing", field)


def _validate_characters(field: str, text: str) -> None:
    if control := find_control_character(text):
        raise ValueError(f"This contains the control character U+{ord(control):04X}. Remove it.")
    if len(text) > _MAX_TERM_CHARACTERS and field not in _TEXT_PARSERS:
        raise ValueError(f"This has {len(text):,} characters. Shorten it to {_MAX_TERM_CHARACTERS} characters.")


_MARKED_UP = ("brand", "model", "title", "description", "case_material", "bracelet_material", "dial_color", "supplier")
_IDENTIFIERS = ("sku", "reference", "caliber", "serial_number")
_MEASUREMENT_PARSERS: Mapping[str, Callable[[str, str | None], Any]] = {
    "case_diameter_mm": parse_case_diameter,
    "power_reserve_h": parse_power_reserve,
    "water_resistance_m": parse_water_resistance,
}
_TERM_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "condition": parse_condition,
    "year": parse_year,
    "movement": parse_movement,
    "has_box": parse_has_box,
    "has_papers": parse_has_papers,
    "vat_regime": parse_vat_regime,
    "location_country": parse_country,
}
_TEXT_PARSERS: Mapping[str, Callable[[str, Limits], Any]] = {
    "sku": parse_sku,
    "brand": parse_line,
    "model": parse_line,
    "reference": parse_identifier,
    "title": parse_line,
    "description": parse_text,
    "case_material": parse_line,
    "bracelet_material": parse_line,
    "dial_color": parse_line,
    "caliber": parse_identifier,
    "complications": parse_complications,
    "photos": parse_photos,
    "serial_number": parse_identifier,
    "supplier": parse_line,
}
