"""Limits of fields: one accessor for import, dashboard and commands."""

import math
import sys
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from spec.document import Limits, limits, read_document


def schema_of(name: str, field: str) -> dict[str, Any]:
    schema: dict[str, Any] = read_document()["components"]["schemas"][name]["properties"][field]
    return schema


def test_string_has_its_lengths_and_pattern() -> None:
    schema = schema_of("CustomerInput", "external_id")
    found = limits("CustomerInput", "external_id")
    assert (found.min_length, found.max_length) == (schema["minLength"], schema["maxLength"]) == (1, 255)
    assert found.pattern == schema["pattern"]


def test_number_has_its_range() -> None:
    found = limits("OrderItemInput", "price_eur")
    assert (found.minimum, found.maximum) == (0, schema_of("OrderItemInput", "price_eur")["maximum"])


def test_list_has_its_length_and_the_limits_of_its_entries() -> None:
    found = limits("Listing", "complications")
    schema = schema_of("Listing", "complications")
    assert found.max_items == schema["maxItems"]
    assert found.items == Limits(max_length=schema["items"]["maxLength"])
    assert (limits("OrderInput", "items").min_items, limits("OrderInput", "items").max_items) == (1, 20)


def test_reference_is_followed() -> None:
    schemas = read_document()["components"]["schemas"]
    assert limits("Listing", "vat_regime").enum == tuple(schemas["VatRegime"]["enum"])


def test_reference_or_null_is_followed() -> None:
    schemas = read_document()["components"]["schemas"]
    assert limits("Listing", "condition").enum == tuple(schemas["Condition"]["enum"])
    assert limits("CustomerInput", "metadata").max_properties == schemas["Metadata"]["maxProperties"]


def test_nullable_fields_are_told_apart() -> None:
    assert limits("Listing", "reference").is_nullable, "type: [string, 'null']"
    assert limits("Listing", "condition").is_nullable, "oneOf with null"
    assert not limits("Listing", "brand").is_nullable
    assert not limits("Listing", "vat_regime").is_nullable, "a $ref"
    assert not limits("Listing", "photos").is_nullable


def test_keyword_that_is_not_set_is_neutral() -> None:
    assert limits("Listing", "has_box") == Limits(is_nullable=True)
    assert (Limits().min_length, Limits().min_items) == (0, 0)
    assert (Limits().max_length, Limits().max_items, Limits().max_properties) == (sys.maxsize,) * 3
    assert (Limits().minimum, Limits().maximum) == (-math.inf, math.inf)
    assert (Limits().pattern, Limits().format, Limits().enum, Limits().items) == ("", "", (), None)


def test_format_is_read() -> None:
    assert limits("CustomerInput", "email").format == "email"


@pytest.mark.parametrize(("schema", "field"), [("Lisitng", "title"), ("Listing", "titel")])
def test_misspelled_schema_or_field_is_an_error(schema: str, field: str) -> None:
    with pytest.raises(KeyError):
        limits(schema, field)


def test_limits_are_read_once_and_cannot_be_changed() -> None:
    found = limits("Listing", "title")
    assert limits("Listing", "title") is found
    with pytest.raises(FrozenInstanceError):
        found.max_length = 5  # type: ignore[misc] # the assignment is what is tested
