"""Values that the schemas accept and reject."""

from typing import Any

import pytest

from spec.document import read_document
from tests.spec.reading import SCHEMAS, Validators

DOCUMENT = read_document()
VALIDATORS = Validators(DOCUMENT)
ITEM: dict[str, Any] = {"listing_id": "inv_MspPyBay1JVxXk8KqiG9FLf9"}
LISTING = next(
    media["value"]
    for media in DOCUMENT["paths"]["/listings/{listing_id}"]["get"]["responses"]["200"]["content"]["application/json"][
        "examples"
    ].values()
)


def order(**fields: Any) -> dict[str, Any]:
    return {"customer": {"email": "clara.weiss@example.com"}, "items": [ITEM]} | fields


ACCEPTED = [
    ("CustomerInput", {"notes": "first line\r\n\tsecond line"}),
    ("CustomerInput", {"first_name": "Zoë 李 😀"}),
    ("CustomerInput", {"external_id": None, "email": None, "address": None, "metadata": None}),
    ("CustomerInput", {"metadata": {"crm id": ""}}),
    ("OrderInput", order()),
    ("OrderInput", order(customer={"id": "cus_x"})),
    ("OrderInput", order(items=[ITEM] * 20)),
    ("OrderItemInput", ITEM | {"price_eur": 0}),
    *(
        ("OrderItemInput", ITEM | {"price_eur": price})
        for price in (0.07, 14500.55, 0.29, 19.99, 8.2, 2.34, 1050.07, 99999999.99)
    ),
    ("CancelInput", {}),
    ("CancelInput", {"reason": None}),
    ("PingInput", {}),
    ("PingInput", {"message": None}),
    ("OrderItemInput", ITEM | {"price_eur": None}),
    ("BulkCustomersInput", {"customers": [{}] * 100}),
    ("Listing", LISTING | {"reference": None, "condition": None, "movement": None, "year": None}),
    ("Listing", LISTING | {"asking_price_eur": 100000000, "weight_g": 155}),
]
REJECTED = [
    ("CustomerInput", {"emial": "clara.weiss@example.com"}),
    ("CustomerInput", {"email": "clara.weiss"}),
    ("CustomerInput", {"external_id": ""}),
    ("CustomerInput", {"first_name": "Clara\nWeiss"}),
    ("CustomerInput", {"notes": "a\0b"}),
    ("CustomerInput", {"notes": "\x1b[31m"}),
    ("CustomerInput", {"address": {"country": "de"}}),
    ("CustomerInput", {"address": {"street": "Lindenallee 12"}}),
    ("CustomerInput", {"metadata": {"size": 3}}),
    ("CustomerInput", {"metadata": {"k" * 41: "too long a key"}}),
    ("CustomerInput", {"metadata": {"a\0b": "NUL in a key"}}),
    ("CustomerInput", {"metadata": {str(number): "" for number in range(51)}}),
    ("OrderInput", order(items=[])),
    ("OrderInput", order(items=[ITEM] * 21)),
    ("OrderInput", {"items": [ITEM]}),
    ("OrderInput", order(origin="dashboard")),
    *(("OrderItemInput", ITEM | {"price_eur": price}) for price in (-0.01, 100000000.01, "14500")),
    ("CancelInput", {"reason": "x" * 501}),
    ("BulkCustomersInput", {"customers": []}),
    ("BulkCustomersInput", {"customers": [{}] * 101}),
    ("Listing", LISTING | {"asking_price_eur": None}),
    ("Listing", LISTING | {"title": None}),
    ("Listing", LISTING | {"year": 1799}),
    ("Listing", LISTING | {"id": LISTING["id"] + "\n"}),
    ("Listing", LISTING | {"created_at": "2026-05-08 08:41:33Z"}),
]
KEYS = [("7f1c2c4e", True), ("order 10482 / ~", True), ("k" * 255, True)]
INVALID_KEYS = [("", False), ("k" * 256, False), ("schlüssel", False), ("a\tb", False), ("key\n", False)]
TYPES = [("*", True), ("order.*", True), ("customer.matched", True), ("integration.test_event", True)]
INVALID_TYPES = [("", False), ("order", False), ("order.deleted", False), ("orders.*", False), ("*.sold", False)]


@pytest.mark.parametrize(("schema", "value"), ACCEPTED)
def test_valid_value_is_accepted(schema: str, value: Any) -> None:
    errors = VALIDATORS.of({"$ref": SCHEMAS + schema}).iter_errors(value)
    assert [error.message for error in errors] == []


@pytest.mark.parametrize(("schema", "value"), REJECTED)
def test_invalid_value_is_rejected(schema: str, value: Any) -> None:
    assert not VALIDATORS.of({"$ref": SCHEMAS + schema}).is_valid(value)


@pytest.mark.parametrize(("key", "is_valid"), KEYS + INVALID_KEYS)
def test_idempotency_key_is_printable_ascii(key: str, is_valid: bool) -> None:
    schema = DOCUMENT["components"]["parameters"]["IdempotencyKey"]["schema"]
    assert VALIDATORS.of(schema).is_valid(key) is is_valid


@pytest.mark.parametrize(("pattern", "is_valid"), TYPES + INVALID_TYPES)
def test_event_filter_accepts_exact_types_and_namespaces(pattern: str, is_valid: bool) -> None:
    parameters = DOCUMENT["paths"]["/events"]["get"]["parameters"]
    schema = next(parameter["schema"] for parameter in parameters if parameter.get("name") == "type")
    assert VALIDATORS.of(schema).is_valid(pattern) is is_valid
