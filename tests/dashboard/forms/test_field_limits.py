"""Form fields have the limits and choices of the spec, or of the import for private fields."""

import pytest

from dashboard.forms.form import Field
from dashboard.pages import clients, listings, orders
from inventory.cell_parser import PRIVATE_LIMITS
from spec.document import limits, read_document

SCHEMAS = read_document()["components"]["schemas"]
# Fields whose values no single property limits.
OTHERS = {
    "photos": "a list of URLs, each limited by `Photo.url`",
    "listing_id": "finds a watch by what the user types",
    "customer_id": "finds a client by what the user types",
}
FIELDS = [*listings.FIELDS, *clients.FIELDS, *orders.SALE, *orders.TRACKING, *orders.CANCEL]
LIMITED = [field for field in FIELDS if field.name not in {*OTHERS, *PRIVATE_LIMITS}]


@pytest.mark.parametrize("field", LIMITED, ids=lambda field: field.name)
def test_field_has_the_limits_of_its_property(field: Field) -> None:
    assert field.schema_field is not None, "no limits"
    schema, name = field.schema_field
    property_name = field.name.replace("_cents", "_eur")
    assert name in SCHEMAS[schema]["properties"]
    assert name == property_name or property_name not in SCHEMAS[schema]["properties"]


@pytest.mark.parametrize(
    "field", [field for field in FIELDS if field.name in PRIVATE_LIMITS], ids=lambda field: field.name
)
def test_private_field_has_the_limits_of_the_import(field: Field) -> None:
    assert field.max_length == PRIVATE_LIMITS[field.name].max_length


def test_every_private_text_is_in_the_form() -> None:
    assert set(PRIVATE_LIMITS) <= {field.name for field in listings.FIELDS}


@pytest.mark.parametrize("field", [field for field in LIMITED if field.choices], ids=lambda field: field.name)
def test_field_offers_every_value_of_its_property(field: Field) -> None:
    assert field.schema_field is not None
    assert [value for value, _ in field.choices] == list(limits(*field.schema_field).enum)
