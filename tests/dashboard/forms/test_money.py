"""Money fields: forms and inventory files read each amount alike, or both reject it."""

import pytest

from dashboard.forms.form import Field, Form
from inventory.cell_parser import parse_cell

AMOUNTS = {
    "14500": 1_450_000,
    "14500.50": 1_450_050,
    "14,500": 1_450_000,
    "14.500": 1_450_000,
    "14,500.00": 1_450_000,
    "14.500,00 €": 1_450_000,
    "4.890,5": 489_050,
    "1,234,567.89": 123_456_789,
    "€14,500.-": 1_450_000,
    "14'500.--": 1_450_000,
    "€ 14 500.5": 1_450_050,
    "14\u00a0500 EUR": 1_450_000,
    "EUR 14’500": 1_450_000,
    "0,99": 99,
    "0.12": 12,
    "100000000": 10_000_000_000,
}
NOT_AMOUNTS = (
    "0.123", "0,123", "14,500.123", "1,23,456", "1.234,567.89", "14 50", "-500", "(500)", "9500-10500", "cheap",
    "€", "$14,500", "14,500 CHF", "€14,500 USD", "1e4", "١٤٥٠٠", "½", "9" * 16, "100000000.01",
)  # fmt: skip
FIELD = Field("asking_price_cents", "Asking price", "money", ("Listing", "asking_price_eur"))


def read_from_form(text: str) -> int | None:
    form = Form.parse([FIELD], {FIELD.name: [text]})
    assert form.is_valid == (FIELD.name in form.values)
    cents: int | None = form.values.get(FIELD.name)
    return cents


def read_from_file(text: str) -> int | None:
    try:
        return parse_cell("asking_price_eur", text)["asking_price_cents"]
    except ValueError:
        return None


@pytest.mark.parametrize("read", [read_from_form, read_from_file])
@pytest.mark.parametrize(("text", "cents"), AMOUNTS.items())
def test_an_amount_is_read_alike(read: object, text: str, cents: int) -> None:
    assert callable(read)
    assert read(text) == cents


@pytest.mark.parametrize("read", [read_from_form, read_from_file])
@pytest.mark.parametrize("text", NOT_AMOUNTS)
def test_an_ambiguous_or_foreign_amount_is_rejected_alike(read: object, text: str) -> None:
    assert callable(read)
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("0.123", "This is not an amount"),
        ("$14,500", "Enter the amount in euros. This one is in USD."),
        ("100000000.01", "Enter at most €100,000,000."),
    ],
)
def test_the_error_says_what_to_enter(text: str, message: str) -> None:
    assert message in Form.parse([FIELD], {FIELD.name: [text]}).errors[FIELD.name]


def test_a_blank_amount_is_no_amount() -> None:
    assert Form.parse([FIELD], {FIELD.name: [" "]}).values == {FIELD.name: None}
