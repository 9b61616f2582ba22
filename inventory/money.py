"""Prices as people write them, and their exact worth in euro cents."""

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType

from inventory.numbers import parse_number, split_at_number
from inventory.text_matching import word_set
from spec.document import limits

NO_RATES: Mapping[str, Decimal] = MappingProxyType({})

# ISO 4217, the currencies in use.
CURRENCIES = word_set(
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD "
    "CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ "
    "GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR "
    "LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN "
    "PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG"
)

_SIGNS = {
    "€": "EUR", "euro": "EUR", "euros": "EUR", "евро": "EUR", "$": "USD", "us$": "USD", "usd$": "USD",
    "£": "GBP", "fr": "CHF", "sfr": "CHF", "hk$": "HKD", "s$": "SGD", "a$": "AUD", "au$": "AUD", "c$": "CAD",
    "ca$": "CAD", "nz$": "NZD", "cn¥": "CNY", "rmb": "CNY", "jp¥": "JPY", "лв": "BGN", "zł": "PLN",
    "kč": "CZK", "ft": "HUF", "lei": "RON", "₺": "TRY", "₹": "INR", "₩": "KRW", "฿": "THB", "₪": "ILS",
    "dhs": "AED",
}  # fmt: skip
_AMBIGUOUS_SIGNS = {"¥": "JPY or CNY", "kr": "SEK, NOK or DKK"}
_NO_CENTS = re.compile(r"^[.,]?\s*[-–—]{1,2}")
_RATE = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,12})?")
_EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
_AMOUNT_MESSAGE = (
    'This is not an amount: write it like "14500", "14,500.00" or "14.500,00", with at most two decimals, '
    "and at most one currency."
)


def amount(text: str) -> tuple[Decimal, str | None]:
    """The amount by the rules of numbers.py, and the ISO 4217 code of the currency written with it, if any.

    "14'500.-" and "14.500,–" are whole amounts; a currency may stand on either side."""
    before, digits, after = split_at_number(text)
    named = {currency(sign) for sign in (before, _NO_CENTS.sub("", after).strip()) if sign}
    if not digits or len(named) > 1:
        raise ValueError(_AMOUNT_MESSAGE)
    try:
        return parse_number(digits), next(iter(named), None)
    except ValueError:
        raise ValueError(_AMOUNT_MESSAGE) from None


def currency(sign: str) -> str:
    """The ISO 4217 code for "USD", "$", "Fr." or "euro"; ValueError when it is no sign of one currency."""
    bare = sign.casefold().strip(" .")
    if bare in _AMBIGUOUS_SIGNS:
        raise ValueError(f'Several currencies are written "{sign}": write the code, {_AMBIGUOUS_SIGNS[bare]}.')
    code = _SIGNS.get(bare, bare.upper())
    if code not in CURRENCIES:
        raise ValueError(_AMOUNT_MESSAGE)
    return code


def euro_cents(
    text: str, unit: str | None = None, rates: Mapping[str, Decimal] = NO_RATES, *, lowest_cents: int = 1
) -> int:
    """`text` in euro cents, half a cent rounded up; `unit` is the currency where the text names none.

    A rate is the worth of one unit of the currency in euro."""
    value, written = amount(text)
    code = written or unit or "EUR"
    if code != "EUR" and code not in rates:
        raise ValueError(f"This price is in {code}: give the worth of 1 {code} in euro with --currency-rate {code}=….")
    euros = value if code == "EUR" else _EXACT.multiply(value, rates[code])
    cents = int(_EXACT.multiply(euros, Decimal(100)).quantize(Decimal(1), context=_EXACT))
    highest = int(limits("Listing", "asking_price_eur").maximum)
    if not lowest_cents <= cents <= highest * 100:
        raise ValueError(f"A price is from {lowest_cents / 100:.2f} to {highest} euro.")
    return cents


def currency_rate(option: str) -> tuple[str, Decimal]:
    """The currency and its worth in euro out of "USD=0.92"; ValueError in a plain sentence."""
    code, _, worth = option.partition("=")
    code = code.strip().upper()
    if code not in CURRENCIES or code == "EUR":
        raise ValueError(f'"{code}" is not a currency that can have a rate: write it like USD=0.92.')
    rate = _RATE.fullmatch(worth.strip())
    if rate is None or not Decimal(rate[0]):
        raise ValueError(f'"{worth}" is not the worth of 1 {code} in euro: write it like {code}=0.92.')
    return code, Decimal(rate[0])
