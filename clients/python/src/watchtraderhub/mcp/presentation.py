"""Representations for a language model: amounts with their currency, short summaries, no invisible characters.

A model confuses cents and euros in a bare number, so every amount is text such as `12500.00 EUR`, in results and in
arguments.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

CURRENCY = "EUR"
AMOUNT_PATTERN = r"^\d{1,9}(\.\d{1,2})? EUR$"
# Characters that people cannot see: controls, formats such as zero-width and tag characters, surrogates, private use.
# Text with hidden instructions for a model uses them.
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co"})
SUMMARY_FIELDS = (
    *("id", "is_test", "published", "status", "title", "condition", "asking_price_eur", "vat_regime"),
    *("has_box", "has_papers", "location_country"),
)


def present(value: Any) -> Any:
    """Return a representation of an object of the API, without null fields."""
    if isinstance(value, Mapping):
        return _present_object(value)
    if isinstance(value, list):
        return [present(item) for item in value]
    return remove_invisible(value) if isinstance(value, str) else value


def summarize_listing(listing: Mapping[str, Any]) -> Any:
    """Return the fields of a listing that a list shows."""
    summary = {name: listing.get(name) for name in SUMMARY_FIELDS}
    return {"watch": name_watch(listing), **present(summary)}


def name_watch(fields: Mapping[str, Any]) -> str:
    """Name a watch as dealers do: `Rolex Explorer, reference 124270, 2023`."""
    reference = fields.get("reference")
    parts = (f"{fields['brand']} {fields['model']}", reference and f"reference {reference}", fields.get("year"))
    return remove_invisible(", ".join(str(part) for part in parts if part))


def format_amount(euros: float) -> str:
    return f"{Decimal(str(euros)):.2f} {CURRENCY}"


def parse_amount(text: str) -> float:
    """Return euros. The text matches AMOUNT_PATTERN."""
    return float(text.removesuffix(f" {CURRENCY}"))


def remove_invisible(text: str) -> str:
    return "".join(
        character for character in text if character in "\n\t" or unicodedata.category(character) not in INVISIBLE
    )


def _present_object(fields: Mapping[str, Any]) -> dict[str, Any]:
    named = {"watch": name_watch(fields)} if {"brand", "model", "reference"} <= fields.keys() else {}
    presented = (_present_field(name, value) for name, value in fields.items() if value is not None)
    return {**named, **dict(presented)}


def _present_field(name: str, value: Any) -> tuple[str, Any]:
    if name.endswith("_eur") and isinstance(value, (int, float)):
        return name[: -len("_eur")], format_amount(value)
    if name == "photos" and isinstance(value, list):
        return name, [present(photo.get("url")) for photo in value]
    return remove_invisible(name), present(value)
