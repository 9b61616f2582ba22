"""Money: whole cents inside, the shortest JSON number outside, exact both ways."""

import re
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from contract.document import Document
from errors import Refusal
from models.money import to_cents, to_euro
from spec.document import read_document

EVERY_AMOUNT = st.integers(0, 100_000_000_00)
quietly = settings(max_examples=300, deadline=None, derandomize=True, database=None)


@pytest.fixture(scope="module")
def item_schema() -> Draft202012Validator:
    schemas = read_document()["components"]["schemas"]
    price = schemas["OrderItemInput"]["properties"]["price_eur"]
    raw = {**read_document(), "webhooks": {"price": {"post": body_of(price)}}}
    validator: Draft202012Validator = Document(raw).webhooks["price"].validator
    return validator


def body_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Return an operation whose request body has this schema."""
    return {
        "operationId": "price",
        "tags": ["Webhooks"],
        "requestBody": {"content": {"application/json": {"schema": schema}}},
        "responses": {"200": {"description": "Accepted."}},
    }


@quietly
@given(EVERY_AMOUNT)
def test_every_amount_round_trips(amount: int) -> None:
    sent = orjson.dumps(to_euro(amount))
    assert to_cents(orjson.loads(sent), param="$") == amount


@quietly
@given(EVERY_AMOUNT)
def test_every_amount_matches_the_schema(item_schema: Draft202012Validator, amount: int) -> None:
    assert item_schema.is_valid(orjson.loads(orjson.dumps(to_euro(amount))))


@quietly
@given(EVERY_AMOUNT)
def test_amounts_have_at_most_two_decimals(amount: int) -> None:
    text = orjson.dumps(to_euro(amount)).decode()
    assert Decimal(text) == Decimal(amount) / 100
    assert re.fullmatch(r"\d+(\.\d{1,2})?", text)


@quietly
@given(EVERY_AMOUNT, st.integers(1, 9))
def test_third_decimal_is_rejected(amount: int, tenths: int) -> None:
    with pytest.raises(Refusal, match="two decimals"):
        to_cents(float(Decimal(amount % 10**9) / 100 + Decimal(tenths) / 1000), param="$")


def test_whole_euros_are_whole_numbers() -> None:
    assert (
        orjson.dumps([to_euro(1_450_000), to_euro(1_450_050), to_euro(1_450_055), to_euro(0)])
        == b"[14500,14500.5,14500.55,0]"
    )
