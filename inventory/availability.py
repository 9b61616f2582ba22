"""Decides from status, quantity and other columns if a row may be put on sale.

A watch that is sold twice is the worst result of an import. So a row that says anything but "for sale" is not
published, the strictest of several columns decides, and an unknown word counts as withheld.
"""

import re
from enum import IntEnum

from inventory.availability_words import (
    AUCTION_WORDS,
    AVAILABILITY_SPELLINGS,
    FOR_SALE_WORDS,
    SOLD_WORDS,
    UNMISTAKABLE_WORDS,
    WITHHELD_WORDS,
)
from inventory.text_matching import fold, spelling_table, word_set


class Availability(IntEnum):
    """Availability of the watch of a row. The strictest is the highest."""

    FOR_SALE = 1
    WITHHELD = 2  # kept in stock and unpublished: reserved, draft, archived, hidden
    SOLD = 3  # sold, or no longer in stock


_UNMISTAKABLE_TERMS = spelling_table(SOLD=SOLD_WORDS, WITHHELD=UNMISTAKABLE_WORDS)
_NEGATIVE_TERMS = _UNMISTAKABLE_TERMS | spelling_table(WITHHELD=WITHHELD_WORDS)
_TERMS = {**spelling_table(FOR_SALE=FOR_SALE_WORDS), **_NEGATIVE_TERMS}

_YES = word_set("yes y true t x on ja j vorhanden oui o si s да д")
_NO = word_set("no n false f off nein non нет не н nee")
_NEGATIONS = word_set("not no never nicht nie non pas ne не нет без without")
_FILLERS = word_set("item items is are watch the this currently now article artikel ist uhr already bereits just")
_NUMBER = re.compile(
    r"(?P<sign>[-−]?)\s*(?P<whole>[0-9]{1,12})(?:[.,](?P<decimals>[0-9]{1,6}))?"
    r"(?:\s*(?:x|pcs?|pieces?|units?|stk|stück|st|бр|in stock|available)\.?)?",
    re.I,
)
_DATE = re.compile(r"(?:[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[0-9]{1,2}[-/. ][0-9]{1,2}[-/. ][0-9]{2,4})(?![0-9]).*")
_TICKS = str.maketrans({"✓": "yes", "✔": "yes", "☑": "yes", "✗": "no", "✘": "no", "☐": "no"})
_VOCABULARY_URL = re.compile(r"https?://schema\.org/", re.I)
PHRASE_ENDS = re.compile(r"[,;:|/()\[\]!.\n]|\s[-–—]+\s")
_REMARK = re.compile(r"\([^()]*\)")
_EBAY_ACTION = re.compile(r"\*?action\s*\(\s*siteid\b", re.I)  # its cells are Add, Revise, End, Draft
_MAX_TERM_WORDS = 4
_MAX_CHARACTERS = 300


def find_availability_field(name: str) -> str | None:
    """Find the availability field that a header spells, also with a remark."""
    if _EBAY_ACTION.match(name):
        return "status"
    return AVAILABILITY_SPELLINGS.get(fold(name)) or AVAILABILITY_SPELLINGS.get(fold(_REMARK.sub(" ", name)))


def parse_availability(field: str, cell: str) -> Availability:
    """Parse a cell of AVAILABILITY_FIELDS. Raises ValueError for unknown words.

    A blank cell says nothing against a sale.
    """
    text = _VOCABULARY_URL.sub("", cell.translate(_TICKS)).strip()[:_MAX_CHARACTERS]
    if not any(map(str.isalnum, text)) or text.casefold() in ("null", "nan"):
        return Availability.FOR_SALE
    if field == "listing_format":
        return Availability.WITHHELD if AUCTION_WORDS.intersection(text.casefold().split()) else Availability.FOR_SALE
    if field in ("sold", "withheld"):
        return _parse_note(field, text)
    found = _parse_number(field, text)
    if found is None:
        found = _parse_words(field, text)
    if found is None:
        raise ValueError(
            "This does not say clearly whether the watch is for sale, so it is not put on sale. Enter a word such as "
            '"in stock", "reserved" or "sold".'
        )
    return found


def _parse_note(field: str, text: str) -> Availability:
    """Parse a column that only sold or reserved watches fill, such as with a name."""
    noted = Availability.SOLD if field == "sold" else Availability.WITHHELD
    number = _NUMBER.fullmatch(text)
    if number:
        return noted if _is_positive(number) else Availability.FOR_SALE
    folded = fold(text)
    if folded in _NO or _TERMS.get(folded) == "FOR_SALE":
        return Availability.FOR_SALE
    return max(noted, _find_negative(text) or noted)


def _parse_number(field: str, text: str) -> Availability | None:
    number = _NUMBER.fullmatch(text)
    if number is None:
        return None
    if field == "quantity":
        return Availability.FOR_SALE if _is_positive(number) else Availability.SOLD
    # 1 is enabled. 0, -1 (a draft of WooCommerce) and 2 (disabled in Magento) are not.
    value = number["sign"] + number["whole"]
    if value in ("1", "4") and _is_positive(number):  # Magento's visibility 4 is catalog and search
        return Availability.FOR_SALE
    return Availability.WITHHELD if value in ("0", "2") or number["sign"] else None


def _is_positive(number: re.Match[str]) -> bool:
    return not number["sign"] and any(digit not in "0" for digit in number["whole"] + (number["decimals"] or ""))


def _parse_words(field: str, text: str) -> Availability | None:
    folded = fold(text)
    if folded in _YES:
        return Availability.FOR_SALE
    if folded in _NO:
        return Availability.WITHHELD
    if field == "published" and _DATE.fullmatch(text):
        return Availability.FOR_SALE
    return _find_term(text) or _find_negative(text) or _find_all_terms(text)


def _find_term(phrase: str) -> Availability | None:
    words = fold(phrase).split()
    term = _TERMS.get(" ".join(words)) or _TERMS.get(" ".join(word for word in words if word not in _FILLERS))
    return Availability[term] if term else None


def _find_negative(text: str) -> Availability | None:
    """Find a word against a sale anywhere in the text, as in "Sold to Anna"."""
    return max(filter(None, map(_find_negative_in_phrase, PHRASE_ENDS.split(text))), default=None)


def _find_negative_in_phrase(phrase: str) -> Availability | None:
    words = fold(phrase).split()
    exact = _TERMS.get(" ".join(words))
    if exact or _NEGATIONS.intersection(words):
        return Availability[exact] if exact else None
    parts = (words[start : start + size] for size in range(1, _MAX_TERM_WORDS + 1) for start in range(len(words)))
    found = (_NEGATIVE_TERMS.get(" ".join(part)) for part in parts)
    return max((Availability[term] for term in found if term), default=None)


def _find_all_terms(text: str) -> Availability | None:
    """Return the strictest term of a text whose phrases are all known."""
    found = [_find_term(phrase) for phrase in PHRASE_ENDS.split(text) if fold(phrase)]
    return None if None in found else max(filter(None, found), default=Availability.FOR_SALE)
