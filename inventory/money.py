"""Parsers for prices as people write them, and for exchange rates.

`amount` parses a number with an optional currency; `euro_cents` also converts it. Both raise ValueError with a message
to show. The rules for separators are in `inventory.numbers`; they never guess: "0.123" and "0,123" are errors.
"""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType

from inventory.numbers import parse_number, split_at_number
from inventory.text_matching import word_set
from spec.document import limits

NO_RATES: Mapping[str, Decimal] = MappingProxyType({})
NO_RATE = "has no exchange rate"  # in the message about a price that cannot be converted

# The codes of ISO 4217 for money in use; no funds, metals or test codes.
CURRENCIES = word_set(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
    "GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR "
    "LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN "
    "PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG"
)

_SIGNS = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "евро": "EUR", "$": "USD", "us$": "USD", "us dollar": "USD",
    "us dollars": "USD", "pound sterling": "GBP", "british pound": "GBP", "swiss franc": "CHF", "swiss francs": "CHF",
    "usd$": "USD",
    "£": "GBP", "fr": "CHF", "sfr": "CHF", "hk$": "HKD", "s$": "SGD", "a$": "AUD", "au$": "AUD", "c$": "CAD",
    "ca$": "CAD", "nz$": "NZD", "cn¥": "CNY", "rmb": "CNY", "jp¥": "JPY", "лв": "BGN", "zł": "PLN",
    "kč": "CZK", "ft": "HUF", "lei": "RON", "₺": "TRY", "₹": "INR", "₩": "KRW", "฿": "THB", "₪": "ILS",
    "dhs": "AED",
}  # fmt: skip
_AMBIGUOUS_SIGNS = {"¥": "JPY or CNY", "kr": "SEK, NOK or DKK"}
# Signs that stand for the currency of a column beside the price.
_SHARED_SIGNS = {
    "$": word_set("USD CAD AUD NZD HKD SGD TWD MXN BRL ARS CLP COP"),
    "¥": word_set("JPY CNY"),
    "kr": word_set("SEK NOK DKK ISK"),
}
_NO_CENTS = re.compile(r"^[.,]?\s*[-–—]{1,2}")
_RATE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_AMOUNT_MESSAGE = (
    'This is not an amount. Enter a number such as "14500", "14,500.00" or "14.500,00", with at most two decimals '
    "and one currency."
)


def amount(text: str) -> tuple[Decimal, str | None]:
    """Parse an amount such as "€14,500.00", "14.500,– EUR", "14'500.-" or "14 500".

    Returns the exact number, with at most two decimals, and the ISO 4217 code of the currency if the text has one,
    before or after the number. Raises ValueError for negative amounts, ranges, other words and two currencies.
    """
    before, digits, after = split_at_number(text)
    currencies = {currency(sign) for sign in (before, _NO_CENTS.sub("", after).strip()) if sign}
    if not digits or len(currencies) > 1:
        raise ValueError(_AMOUNT_MESSAGE)
    try:
        return parse_number(digits), next(iter(currencies), None)
    except ValueError:
        raise ValueError(_AMOUNT_MESSAGE) from None


def currency(sign: str) -> str:
    """The ISO 4217 code for "USD", "$", "Fr." or "euro".

    Raises ValueError for an unknown sign, and for one of several currencies, such as "¥".
    """
    bare = sign.casefold().strip(" .")
    if bare in _AMBIGUOUS_SIGNS:
        raise ValueError(f'Several currencies use the sign "{sign}". Write the code instead: {_AMBIGUOUS_SIGNS[bare]}.')
    code = _SIGNS.get(bare, bare.upper())
    if code not in CURRENCIES:
        raise ValueError(_AMOUNT_MESSAGE)
    return code


def apply_currency(text: str, unit: str | None, currency_cell: str) -> tuple[str, str]:
    """Apply a currency column to an amount. Returns text and unit for `euro_cents`.

    The column says which dollar, krone or yen a bare sign means. Raises ValueError with a message to show if the
    currency is missing or unknown, and if it contradicts that of the amount, or `unit`, that of the amount's header.
    """
    if not currency_cell.strip():
        raise ValueError('The currency of this price is missing. Fill in a code such as "EUR" in the currency column.')
    code = _parse_currency_cell(currency_cell)
    sign = next((sign for sign, codes in _SHARED_SIGNS.items() if code in codes and sign in text.casefold()), "")
    bare = re.sub(re.escape(sign), " ", text, flags=re.I).strip() if sign else text
    named = [amount(bare)[1], unit]
    if other := next((name for name in named if name not in (None, code)), None):
        raise ValueError(f"This price is in {other}, but the currency column says {code}. Correct one of them.")
    return bare, code


def is_zero(text: str) -> bool:
    """Return True for an amount of zero: shops write that for no discount."""
    try:
        return not amount(text)[0]
    except ValueError:
        return False


def _parse_currency_cell(cell: str) -> str:
    codes = {word for word in re.findall(r"[A-Z]{3}", cell.upper()) if word in CURRENCIES}
    try:
        return next(iter(codes)) if len(codes) == 1 else currency(cell)
    except ValueError:
        raise ValueError(f'"{cell.strip()[:40]}" is not a currency. Enter a code such as "EUR".') from None


def euro_cents(
    text: str, unit: str | None = None, rates: Mapping[str, Decimal] = NO_RATES, *, min_cents: int = 1
) -> int:
    """Parse a price and convert it to euro cents, half a cent rounded up.

    `unit` is the currency code for text without one (default EUR). `rates` is the value of one unit of each currency
    in euros. Raises ValueError if the rate is missing, and if the price is below `min_cents` or above the maximum of
    `Listing.asking_price_eur` in the OpenAPI document.
    """
    value, text_currency = amount(text)
    code = text_currency or unit or "EUR"
    if code != "EUR" and code not in rates:
        raise ValueError(f"This price is in {code}, which {NO_RATE}. Enter it in euros.")
    euros = value if code == "EUR" else _EXACT.multiply(value, rates[code])
    cents = int(_EXACT.multiply(euros, Decimal(100)).quantize(Decimal(1), context=_EXACT))
    max_euros = int(limits("Listing", "asking_price_eur").maximum)
    if not min_cents <= cents <= max_euros * 100:
        raise ValueError(f"The price is out of range. Enter a price from {min_cents / 100:.2f} to {max_euros:,} euros.")
    return cents


def currency_rate(option: str) -> tuple[str, Decimal]:
    """Parse "USD=0.92" into the currency code and the value of one unit in euros.

    Raises ValueError with a message to show.
    """
    code, _, value = option.partition("=")
    code = code.strip().upper()
    if code not in CURRENCIES or code == "EUR":
        raise ValueError(f'"{code}" is not the code of a foreign currency. Write a rate such as USD=0.92.')
    rate = _RATE.fullmatch(value.strip())
    if rate is None or not Decimal(rate[0]):
        raise ValueError(
            f'"{value}" is not an exchange rate. Write the value of 1 {code} in euros, such as {code}=0.92.'
        )
    return code, Decimal(rate[0])
