"""Reads a currency that is named outside the table, as in "Prices in USD".

Such lines stand above the header, or below the last row. A currency that is overlooked changes prices: 9000 in a list
of dollars is not EUR 9,000.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from inventory.column_map import Column, ColumnMap, MappingError
from inventory.csv_reader import Record
from inventory.header_line import HeaderLine
from inventory.headers import AMBIGUOUS, ENGLISH_WORDS, PRICE_FIELDS
from inventory.money import CURRENCIES, currency
from inventory.text_matching import spelling_table, word_set

_FOOTER_ROWS = 10
# Codes that lists use as words: they are currencies only in "prices in TRY" or "(TRY)".
_WORD_CODES = {*ENGLISH_WORDS, *word_set("ANG BAM BOB COP CUP DOP GEL LAK MAD MOP PEN SOS TRY")}
_CODE = re.compile(
    r"(?P<lead>\b(?:in|en|currency|währung|devise|valuta|валюта)\b\W{1,3})?(?<![^\W_])(?P<code>[A-Z]{3})(?![^\W_])",
    re.I,
)
_SIGN = re.compile(r"(?:(?<![^\W\d_])[A-Za-z]{1,3})?[$€£¥₺₹₩฿₪]")
_NAMES = spelling_table(
    USD="us dollar, us dollars, american dollars, us dollari, доллары сша, долларах сша, щатски долари",
    CHF="swiss francs, franken, schweizer franken, francs suisses, franchi svizzeri, швейцарски франкове",
    GBP="british pounds, pounds sterling, livres sterling, sterline",
    EUR="euro, euros, евро",
    CAD="canadian dollars",
    AUD="australian dollars",
    HKD="hong kong dollars",
    SGD="singapore dollars",
    JPY="yen, japanese yen",
    BGN="leva, лева, лв",
    RUB="rubles, roubles, рубли, рублях, руб",
    PLN="zloty, złoty, zł",
    unclear="dollar, dollars, dollari, dólares, pounds, pfund, francs, franchi, kr, kronor, kroner",
)
_WORD = re.compile(r"[^\W\d_]+")
_MAX_CHARACTERS = 1_000
# Of three: capitals, not a word, and a word before it such as "in". So "in usd" is a currency, and "Bob" is none.
_MIN_SIGNS = 2


def apply_title_currency(
    columns: ColumnMap, header: HeaderLine, body: Sequence[Record], *, has_currencies: bool
) -> tuple[ColumnMap, list[str]]:
    """Give the prices without a currency of their own the one of the title.

    Returns notes to show. Raises MappingError if the titles name several currencies, or one that is not clear.
    """
    without = [
        name
        for name in PRICE_FIELDS
        if name in columns.fields and not (has_currencies and name in columns.currencies)
        if any(column.unit is None for column in _price_columns(columns, name))
    ]
    found = {code for text in _read_titles(header, body) for code in find_currencies(text)} if without else set()
    if len(found) > 1 or AMBIGUOUS in found:
        raise MappingError(
            "The currency of the prices is not clear from the lines above or below the table. Write its code in the "
            'header, such as "Price (USD)".'
        )
    if not found or found == {"EUR"}:
        return columns, []
    [code] = found
    note = f"A line outside the table names {code}, so prices without a currency were read as {code}."
    return _set_units(columns, without, code), [note]


def find_currencies(text: str) -> set[str]:
    """Return the currency codes that a title names by code, sign or word."""
    shown = text[:_MAX_CHARACTERS]
    return {*_find_codes(shown), *_find_signs(shown), *_find_names(shown)}


def _find_codes(text: str) -> Iterator[str]:
    for match in _CODE.finditer(text):
        code = match["code"].upper()
        signs = (match["code"].isupper(), code not in _WORD_CODES, match["lead"] is not None)
        if code in CURRENCIES and code not in ENGLISH_WORDS and sum(signs) >= _MIN_SIGNS:
            yield code


def _find_signs(text: str) -> Iterator[str]:
    for sign in _SIGN.findall(text):
        try:
            yield currency(sign)
        except ValueError:
            yield AMBIGUOUS


def _find_names(text: str) -> Iterator[str]:
    """Find names of one to three words, the longest first."""
    words = [word.casefold() for word in _WORD.findall(text)]
    start = 0
    while start < len(words):
        size = next((size for size in (3, 2, 1) if " ".join(words[start : start + size]) in _NAMES), 0)
        if size:
            yield _NAMES[" ".join(words[start : start + size])]
        start += size or 1


def _read_titles(header: HeaderLine, body: Sequence[Record]) -> Iterator[str]:
    """Yield the lines above the header, and the last rows with a single cell."""
    for record in header.titles:
        yield " ".join(record.cells)
    for record in body[-_FOOTER_ROWS:]:
        filled = [cell for cell in record.cells if cell.strip()]
        if len(filled) == 1:
            yield filled[0]


def _price_columns(columns: ColumnMap, name: str) -> tuple[Column, ...]:
    return (columns.fields[name], *columns.fallbacks.get(name, ()))


def _set_units(columns: ColumnMap, names: Sequence[str], code: str) -> ColumnMap:
    fields, fallbacks = dict(columns.fields), dict(columns.fallbacks)
    for name in names:
        fields[name], *others = (replace(column, unit=column.unit or code) for column in _price_columns(columns, name))
        fallbacks[name] = tuple(others)
    return replace(columns, fields=fields, fallbacks=fallbacks)
