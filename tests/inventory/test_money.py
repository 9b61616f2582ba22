"""Prices: parsed exactly as people mean them, or rejected."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.money import amount, currency_rate, euro_cents

seeded = settings(derandomize=True, database=None, deadline=None, max_examples=150)

GROUPS = ["", ",", ".", "'", "’", " ", "\u00a0", "\u202f"]
CURRENCIES = [
    ("", "", None),
    ("€", "", "EUR"),
    ("", " €", "EUR"),
    ("$", "", "USD"),
    ("USD ", "", "USD"),
    ("", " CHF", "CHF"),
]


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("€14,500.00", "14500", "EUR"),
        ("14.500,00 €", "14500", "EUR"),
        ("14 500", "14500", None),
        ("14'500.-", "14500", None),
        ("14.500,– EUR", "14500", "EUR"),
        ("Fr. 9'500.--", "9500", "CHF"),
        ("$9,500", "9500", "USD"),
        ("USD 9500", "9500", "USD"),
        ("US$ 9,500 USD", "9500", "USD"),
        ("HK$74,000", "74000", "HKD"),
        ("9500.0", "9500", None),
        ("7000.0000", "7000", None),
        ("5200.500000", "5200.5", None),
        ("950,0000", "950", None),
        ("950.5000", "950.5", None),
        ("0.000000", "0", None),
        ("7,000.0000", "7000", None),
        ("7.000,500000 €", "7000.5", "EUR"),
        ("9500,5", "9500.5", None),
        ("14.500", "14500", None),
        ("14,500", "14500", None),
        ("1.234.567", "1234567", None),
        ("1,234,567.89", "1234567.89", None),
        ("0,99", "0.99", None),
        ("28 500 лв.", "28500", "BGN"),
    ],
)
def test_amount_is_parsed_as_people_write_it(text: str, value: str, currency: str | None) -> None:
    assert amount(text) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text",
    [
        "", "on request", "EUR", "9500.000", "0.500", "14.5000",
        "9500.1234", "7000.12345", "1,23,456", "14 50", "14.500.00",
        "1.234,567.89", "14,500.123", "-500", "(500)", "9500 - 10500", "9500/10500", "14.5k", "14,500 VB",
        "€14,500 USD", "1e4", "١٤٥٠٠", "½", "9.500.", "9" * 16, " 9500 EUR " * 9,
    ],
)  # fmt: skip
def test_ambiguous_or_invalid_amount_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an amount. Enter a number such as"):
        amount(text)


@pytest.mark.parametrize("text", ["¥1,500,000", "95 000 kr"])
def test_sign_of_several_currencies_is_rejected_with_their_codes(text: str) -> None:
    with pytest.raises(ValueError, match="Write the code"):
        amount(text)


@seeded
@given(
    cents=st.integers(1, 100_000_000_00),
    group=st.sampled_from(GROUPS),
    point=st.sampled_from(".,"),
    affixes=st.sampled_from(CURRENCIES),
    drops_zeros=st.booleans(),
)
def test_amount_is_parsed_in_every_style(
    cents: int, group: str, point: str, affixes: tuple[str, str, str | None], drops_zeros: bool
) -> None:
    point = "," if group == "." else "." if group == "," else point
    decimals = f"{cents % 100:02}".rstrip("0" if drops_zeros else "")
    written = f"{cents // 100:,}".replace(",", group) + (point + decimals if decimals else "")
    before, after, currency = affixes
    assert amount(before + written + after) == (Decimal(cents) / 100, currency)


def test_rate_converts_to_the_exact_cent_and_half_a_cent_goes_up() -> None:
    rates = {"USD": Decimal("0.92"), "CHF": Decimal("1.0625")}
    assert euro_cents("$9,500.00", rates=rates) == 874_000
    assert euro_cents("0.03", "USD", rates) == 3  # 2.76 cents
    assert euro_cents("CHF 0.40", rates=rates) == 43  # 42.5 cents


@seeded
@given(cents=st.integers(100, 10_000_000), rate=st.integers(10**9, 10**12))
def test_conversion_is_exact(cents: int, rate: int) -> None:
    written, worth = f"{cents // 100}.{cents % 100:02} USD", Decimal(rate).scaleb(-11)
    half_up = (2 * cents * rate + 10**11) // (2 * 10**11)
    assert euro_cents(written, rates={"USD": worth}) == half_up


def test_currency_in_the_cell_takes_precedence_over_the_header() -> None:
    assert euro_cents("€ 9.500", "USD", {"USD": Decimal("0.5")}) == 950_000
    assert euro_cents("9.500", "USD", {"USD": Decimal("0.5")}) == 475_000
    assert euro_cents("9.500") == 950_000


@pytest.mark.parametrize(("text", "unit"), [("$9,500", None), ("9500", "USD")])
def test_currency_without_a_rate_is_rejected(text: str, unit: str | None) -> None:
    with pytest.raises(ValueError, match="in USD, which has no exchange rate"):
        euro_cents(text, unit, {"CHF": Decimal(1)})


@pytest.mark.parametrize("text", ["0", "0.00", "100000000.01", "999999999999999"])
def test_price_out_of_range_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r"from 0\.01 to 100,000,000 euros"):
        euro_cents(text)


def test_prices_at_the_limits_are_accepted() -> None:
    assert (euro_cents("0.01"), euro_cents("100 000 000")) == (1, 100_000_000_00)


def test_rate_option_is_parsed() -> None:
    assert currency_rate(" usd = 0.92 ") == ("USD", Decimal("0.92"))


@pytest.mark.parametrize(
    "option", ["USD", "USD=", "USD=0", "USD=-1", "USD=NaN", "USD=1e3", "USD=0,92", "EUR=1", "XYZ=1", "=1", ""]
)
def test_invalid_rate_is_rejected(option: str) -> None:
    with pytest.raises(ValueError, match=r"Write (a rate|the value)"):
        currency_rate(option)
