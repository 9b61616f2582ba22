"""The Listing of the API: the public columns of a row."""

from collections.abc import Mapping, Sequence
from typing import Any

from models.clock import format_rfc3339
from models.money import to_euro
from spec import types


def serialize_listing(row: Mapping[str, Any]) -> types.Listing:
    """Return the Listing of the API, without the private columns.

    Cost price, serial number, supplier, SKU and `held_by` stay private.
    """
    return {
        "id": row["id"],
        "object": "listing",
        "is_test": row["is_test"],
        "published": row["is_published"],
        "status": row["status"],
        "brand": row["brand"],
        "model": row["model"],
        "reference": row["reference"],
        "title": row["title"],
        "description": row["description"],
        "condition": row["condition"],
        "year": row["year"],
        "case_material": row["case_material"],
        "case_diameter_mm": row["case_diameter_mm"],
        "bracelet_material": row["bracelet_material"],
        "dial_color": row["dial_color"],
        "movement": row["movement"],
        "caliber": row["caliber"],
        "power_reserve_h": row["power_reserve_h"],
        "water_resistance_m": row["water_resistance_m"],
        "complications": row["complications"],
        "has_box": row["has_box"],
        "has_papers": row["has_papers"],
        "asking_price_eur": to_euro(row["asking_price_cents"]),
        "vat_regime": row["vat_regime"],
        "location_country": row["location_country"],
        "photos": row["photos"],
        "created_at": format_rfc3339(row["created_at"]),
        "updated_at": format_rfc3339(row["updated_at"]),
        "published_at": format_rfc3339(row["published_at"]),
        "sold_at": format_rfc3339(row["sold_at"]),
    }


def serialize_listings(rows: Sequence[Mapping[str, Any]]) -> list[types.Listing]:
    return [serialize_listing(row) for row in rows]
