"""The import's limits are those of the OpenAPI document, so that every valid listing survives export and import."""

from decimal import Decimal
from typing import Any

import pytest

from inventory.cell_parser import parse_cell
from inventory.export import write_csv
from inventory.fields import FIELDS
from inventory.sheet import read_sheet
from spec.document import Limits, limits, read_document

# Set by the hub, not by the dealer.
READ_ONLY = {"id", "object", "is_test", "published", "status", "created_at", "updated_at", "published_at", "sold_at"}
# The API shows neither these fields nor the column that sets has_box and has_papers at once.
NOT_IN_API = {"sku", "cost_price_eur", "serial_number", "supplier", "box_and_papers"}
PUBLIC = sorted(set(FIELDS) - NOT_IN_API)
# Files write 0 for "price on request", which must not become a price.
LOWEST_PRICE = Decimal("0.01")
URL = "https://example.com/"


def public_limits(field: str) -> Limits:
    return limits("Listing", field)


def bounds(field: str) -> tuple[Decimal, Decimal]:
    allowed = public_limits(field)
    low = LOWEST_PRICE if field == "asking_price_eur" else Decimal(allowed.minimum)
    return low, Decimal(allowed.maximum)


def is_number(field: str) -> bool:
    return public_limits(field).maximum != Limits().maximum


def urls(count: int) -> list[str]:
    """Each as long as the document allows."""
    return [URL + f"{number:02}".rjust(limits("Photo", "url").max_length - len(URL), "a") for number in range(count)]


def names(count: int) -> list[str]:
    entries = public_limits("complications").items
    assert entries
    return [f"{number:02}".rjust(entries.max_length, "é") for number in range(count)]


def accepted(field: str) -> list[str]:
    """Cells at the limits of the field."""
    allowed = public_limits(field)
    if field == "photos":
        return ["; ".join(urls(allowed.max_items))]
    if field == "complications":
        return [";".join(names(allowed.max_items)), "none"]
    if field == "location_country":
        return ["DE"]
    if field.startswith("has_"):
        return ["yes", "no"]
    if allowed.enum:
        return list(allowed.enum)
    return list(map(str, bounds(field))) if is_number(field) else ["é" * allowed.max_length]


def rejected(field: str) -> list[str]:
    """Cells just beyond the limits of the field."""
    allowed = public_limits(field)
    if field == "photos":
        return ["; ".join(urls(allowed.max_items + 1)), urls(1)[0] + "a"]
    if field == "complications":
        return [";".join(names(allowed.max_items + 1)), names(1)[0] + "é"]
    if field == "location_country":
        return ["DEU"]
    if field.startswith("has_") or allowed.enum:
        return ["perhaps"]
    if is_number(field):
        low, high = bounds(field)
        step = Decimal("0.01") if "eur" in field or "mm" in field else 1
        return [str(low - step), str(high + step)]
    return ["é" * (allowed.max_length + 1)]


def test_every_field_that_dealers_set_is_imported_and_exported() -> None:
    assert set(PUBLIC) == set(read_document()["components"]["schemas"]["Listing"]["properties"]) - READ_ONLY


@pytest.mark.parametrize("field", PUBLIC)
def test_value_at_the_limit_is_accepted(field: str) -> None:
    for cell in accepted(field):
        assert list(parse_cell(field, cell)) == [field.replace("_eur", "_cents")]


@pytest.mark.parametrize("field", PUBLIC)
def test_value_beyond_the_limit_is_rejected(field: str) -> None:
    for cell in rejected(field):
        with pytest.raises(ValueError, match=r"\.$"):
            parse_cell(field, cell)


@pytest.mark.parametrize(("field", "max_length"), [("sku", 100), ("serial_number", 255), ("supplier", 255)])
def test_private_text_has_limits_of_its_own(field: str, max_length: int) -> None:
    assert parse_cell(field, "é" * max_length) == {field: "é" * max_length}
    with pytest.raises(ValueError, match=f"{max_length + 1} characters"):
        parse_cell(field, "é" * (max_length + 1))


def test_cost_price_may_be_zero() -> None:
    assert parse_cell("cost_price_eur", "0.00") == {"cost_price_cents": 0}


def listing_at_limit(edge: int) -> dict[str, Any]:
    """A listing whose every field is at its lowest (0) or highest (-1) value."""
    row: dict[str, Any] = {"sku": "é" * 100, "serial_number": "é" * 255, "supplier": "é" * 255, "cost_price_cents": 0}
    for field in PUBLIC:
        row |= parse_cell(field, accepted(field)[edge])
    return row


@pytest.mark.parametrize("edge", [0, -1])
def test_listing_at_all_limits_survives_export_and_import(edge: int) -> None:
    row = listing_at_limit(edge)
    sheet = read_sheet("".join(write_csv([row])).encode())
    assert sheet.errors == []
    assert sheet.rows[0].values == {name: value for name, value in row.items() if value != []}


@pytest.mark.parametrize("diameter", [39.25, 40.125, 40.123456, 100.0, 5.0])
def test_diameter_that_the_dashboard_accepts_survives_export_and_import(diameter: float) -> None:
    row = {"brand": "Rolex", "model": "Explorer", "asking_price_cents": 1, "case_diameter_mm": diameter}
    sheet = read_sheet("".join(write_csv([row])).encode())
    assert sheet.errors == []
    assert float(sheet.rows[0].values["case_diameter_mm"]) == diameter
