"""Texts, lists of texts and addresses of photos, as they stand in a cell."""

import re

from spec.document import Limits, limits

_NO_VALUE = frozenset(("", "-", "--", "–", "—", "n/a", "n.a.", "k.a.", "null", "nan", "unknown", "unbekannt"))
# What makes a spreadsheet take a cell for a formula, the apostrophe that prevents it included.
_FORMULA_STARTS = ("=", "+", "-", "@", "'", "＝", "＋", "－", "＠")
_URL_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
# RFC 3986, without a user or an address in brackets.
_PHOTO_URL = re.compile(
    rf"https://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:/{_URL_CHARACTER}*)?"
    rf"(?:\?(?:{_URL_CHARACTER}|\?)*)?(?:#(?:{_URL_CHARACTER}|\?)*)?"
)
_LINE_BREAKS = re.compile(r"[\t\n\r]+")


def has_no_value(text: str) -> bool:
    return text.casefold() in _NO_VALUE


def protected(text: str) -> str:
    """`text` behind an apostrophe when a spreadsheet would take it for a formula, or we for no value."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or (text and has_no_value(text)) else text


def unprotected(text: str) -> str:
    """`text` without the apostrophe that `protected` puts there; any other apostrophe stays."""
    bare = text.removeprefix("'")
    return bare if bare != text and protected(bare) == text else text


def line(text: str, allowed: Limits) -> str:
    """One line of text; line breaks and tabs become spaces."""
    return prose(" ".join(part.strip() for part in _LINE_BREAKS.split(text)), allowed)


def prose(text: str, allowed: Limits) -> str:
    """Text that may have several lines."""
    bare = text.strip()
    if len(bare) > allowed.max_length:
        raise ValueError(f"This has {len(bare)} characters: shorten it to {allowed.max_length}.")
    return bare


def complications(text: str, allowed: Limits) -> list[str]:
    """Names parted by semicolons, or, where there is none, by commas, bars and slashes; "none" is no name."""
    names = split_complications(text)
    if len(names) > allowed.max_items:
        raise ValueError(f"These are {len(names)} complications: name at most {allowed.max_items}.")
    return [line(name, allowed.items or allowed) for name in names]


def split_complications(text: str) -> list[str]:
    if text.casefold() in ("none", "keine", "aucune", "nessuna", "ninguna", "няма"):
        return []
    return [name.strip() for name in re.split(r";" if ";" in text else r"[,|/]", text) if name.strip()]


def photos(text: str, allowed: Limits) -> list[str]:
    """https URLs, parted by spaces, commas, semicolons or bars."""
    urls = re.split(r"(?<![\s,;|])[\s,;|]+(?=https?://)", text.strip(" \t\r\n,;|"))
    if len(urls) > allowed.max_items:
        raise ValueError(f"These are {len(urls)} photos: give at most {allowed.max_items}.")
    for url in urls:
        _refuse_unfit(url)
    return urls


def _refuse_unfit(url: str) -> None:
    if len(url) > limits("Photo", "url").max_length or not _PHOTO_URL.fullmatch(url):
        raise ValueError(f'"{url[:80]}" is not the address of a photo: write it in full and ASCII, as https://….')
