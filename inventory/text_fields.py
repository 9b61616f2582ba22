"""Parsers for text, lists of names and photo URLs.

Each raises ValueError with a message to show.
"""

import re

from spec.document import Limits, limits

_LINE_BREAKS = re.compile(r"[\t\n\r]+")
_URL_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
# RFC 3986, https only, without user information and without IP literals in brackets.
_PHOTO_URL = re.compile(
    rf"https://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:/{_URL_CHARACTER}*)?"
    rf"(?:\?(?:{_URL_CHARACTER}|\?)*)?(?:#(?:{_URL_CHARACTER}|\?)*)?"
)
# A separator only where the next URL begins, because a URL may contain commas and semicolons.
_PHOTO_SEPARATOR = re.compile(r"(?<![\s,;|])[\s,;|]+(?=https?://)")
_NONE_WORDS = ("none", "keine", "aucune", "nessuna", "ninguna", "няма")


def parse_line(text: str, allowed: Limits) -> str:
    """Parse text of one line; line breaks and tabs become spaces."""
    return parse_text(" ".join(part.strip() for part in _LINE_BREAKS.split(text)), allowed)


def parse_text(text: str, allowed: Limits) -> str:
    """Parse text that can have several lines."""
    stripped = text.strip()
    if len(stripped) > allowed.max_length:
        raise ValueError(f"This has {len(stripped):,} characters. Shorten it to {allowed.max_length:,} characters.")
    return stripped


def parse_complications(text: str, allowed: Limits) -> list[str]:
    """Parse names as `split_complications` splits them."""
    names = split_complications(text)
    if len(names) > allowed.max_items:
        raise ValueError(f"This has {len(names):,} complications. Enter at most {allowed.max_items}.")
    return [parse_line(name, allowed.items or allowed) for name in names]


def split_complications(text: str) -> list[str]:
    """Split at semicolons; without any, at commas, bars and slashes.

    "None" in several languages is an empty list.
    """
    if text.casefold() in _NONE_WORDS:
        return []
    return [name.strip() for name in re.split(r";" if ";" in text else r"[,|/]", text) if name.strip()]


def parse_photos(text: str, allowed: Limits) -> list[str]:
    """Parse https URLs separated by spaces, commas, semicolons or bars."""
    urls = _PHOTO_SEPARATOR.split(text.strip(" \t\r\n,;|"))
    if len(urls) > allowed.max_items:
        raise ValueError(f"This has {len(urls):,} photos. Enter at most {allowed.max_items}.")
    for url in urls:
        validate_photo_url(url)
    return urls


def find_valid_photos(text: str) -> list[str]:
    """Return the valid URLs of a cell, as many as a listing may have."""
    parts = (part for run in _PHOTO_SEPARATOR.split(text) for part in run.split())
    urls = [url for part in parts if _PHOTO_URL.fullmatch(url := part.strip(",;|"))]
    allowed = limits("Photo", "url").max_length, limits("Listing", "photos").max_items
    return [url for url in urls if len(url) <= allowed[0]][: allowed[1]]


def validate_photo_url(url: str) -> None:
    """Validate a photo URL: https, a URI, and at most as long as the API allows.

    Raises ValueError with a message to show.
    """
    max_length = limits("Photo", "url").max_length
    if len(url) > max_length:
        raise ValueError(f'The URL "{url[:80]}…" has {len(url):,} characters. Use one of at most {max_length:,}.')
    if not _PHOTO_URL.fullmatch(url):
        raise ValueError(
            f'"{url[:80]}" is not a photo URL. Enter a full https:// address, with special characters percent-encoded.'
        )
