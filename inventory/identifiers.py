"""Removes what spreadsheets add to cells, so that an SKU has one spelling.

A spreadsheet writes `="0042"` or `'0042` to keep zeros, 25970.0 for a number, and 1.23E+11 for a long one, whose digits
are lost. Text that is copied from web pages has invisible characters.
"""

import re
import unicodedata

from inventory.text_fields import parse_line
from spec.characters import normalize_text
from spec.document import Limits

# Invisible, and without a meaning at the start or end of a text. Joiners and direction marks have one.
_INVISIBLE_EDGES = "\u00ad\u200b\u2060\ufeff"
_WRAPPED = re.compile(r"=\s*(?:T\(\s*)?\"(?P<text>(?:[^\"]|\"\")*)\"\s*\)?", re.DOTALL)
_ERROR_VALUE = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|#+)", re.I)
_APOSTROPHES = "'’‘`´"
_FLOAT = re.compile(r"(?P<whole>[0-9]+)[.,]0")
_ROUND_NUMBER = re.compile(r"(?P<whole>[0-9]+)[.,]0+")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+E[+-]?|E\+)[0-9]+", re.I)


def strip_decoration(cell: str) -> str:
    """Remove invisible characters around a cell, and the formula `="…"`.

    Raises ValueError with a message to show for an error value of a spreadsheet, such as #REF!.
    """
    text = _strip_edges(cell)
    if text.startswith("=") and (wrapped := _WRAPPED.fullmatch(text)):
        text = _strip_edges(wrapped["text"].replace('""', '"'))
    if text.startswith("#") and _ERROR_VALUE.fullmatch(text):
        raise ValueError("This is an error value of a spreadsheet. Enter the value itself, or clear the cell.")
    return text


def remove_invisible(text: str) -> str:
    """Remove format characters such as U+200B, and unify white space."""
    if not text.isascii():
        text = "".join(character for character in text if unicodedata.category(character) != "Cf")
    return " ".join(text.split())


def clean_identifier(text: str) -> str:
    """Remove invisible characters, and apostrophes at the start."""
    bare = remove_invisible(text).lstrip(_APOSTROPHES).strip()
    wrapped = _WRAPPED.fullmatch(bare)
    return wrapped["text"].strip() if wrapped else bare


def parse_identifier(text: str, allowed: Limits) -> str:
    """Parse a reference or the like. Drops ".0" only: "2500.00" is a reference."""
    return _parse(text, allowed, _FLOAT)


def parse_sku(text: str, allowed: Limits) -> str:
    """Parse an SKU, without the decimals of a whole number."""
    return _parse(text, allowed, _ROUND_NUMBER)


def to_compared_sku(text: str) -> str:
    """Return the form in which SKUs are compared: cleaned, and composed (NFC).

    Rows of earlier releases, and those that a form created, may still have an SKU as a spreadsheet wrote it.
    """
    bare = clean_identifier(text)
    match = _ROUND_NUMBER.fullmatch(bare)
    return normalize_text(match["whole"] if match else bare or text)


def _parse(text: str, allowed: Limits, number: re.Pattern[str]) -> str:
    if _SCIENTIFIC.fullmatch(text):
        raise ValueError(
            "A spreadsheet has shortened this number, and its last digits are lost. Format the column as text, and "
            "enter the number again."
        )
    match = number.fullmatch(text)
    return parse_line(match["whole"] if match else text, allowed)


def _strip_edges(text: str) -> str:
    bare = text.strip()
    while bare != (bare := bare.strip(_INVISIBLE_EDGES).strip()):
        pass
    return bare
