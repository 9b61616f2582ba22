"""Texts, lists of texts and addresses of photos, as they stand in a cell."""

import re

from spec.document import Limits, limits

_URL_CHARACTER = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@/-]|%[0-9A-Fa-f]{2})"
# RFC 3986, without a user or an address in brackets.
_PHOTO_URL = re.compile(
    rf"https://[A-Za-z0-9.-]+(?::[0-9]{{1,5}})?(?:/{_URL_CHARACTER}*)?"
    rf"(?:\?(?:{_URL_CHARACTER}|\?)*)?(?:#(?:{_URL_CHARACTER}|\?)*)?"
)
_LINE_BREAKS = re.compile(r"[\t\n\r]+")


def parse_line(text: str, allowed: Limits) -> str:
    """One line of text; line breaks and tabs become spaces."""
    return parse_text(" ".join(part.strip() for part in _LINE_BREAKS.split(text)), allowed)


def parse_text(text: str, allowed: Limits) -> str:
    """Text that may have several lines."""
    bare = text.strip()
    if len(bare) > allowed.max_length:
        raise ValueError(f"This has {len(bare)} characters: shorten it to {allowed.max_length}.")
    return bare


def parse_complications(text: str, allowed: Limits) -> list[str]:
    """Names parted by semicolons, or, where there is none, by commas, bars and slashes; "none" is no name."""
    names = split_complications(text)
    if len(names) > allowed.max_items:
        raise ValueError(f"These are {len(names)} complications: name at most {allowed.max_items}.")
    return [parse_line(name, allowed.items or allowed) for name in names]


def split_complications(text: str) -> list[str]:
    if text.casefold() in ("none", "keine", "aucune", "nessuna", "ninguna", "няма"):
        return []
    return [name.strip() for name in re.split(r";" if ";" in text else r"[,|/]", text) if name.strip()]


def parse_photos(text: str, allowed: Limits) -> list[str]:
    """https URLs, parted by spaces, commas, semicolons or bars."""
    urls = re.split(r"(?<![\s,;|])[\s,;|]+(?=https?://)", text.strip(" \t\r\n,;|"))
    if len(urls) > allowed.max_items:
        raise ValueError(f"These are {len(urls)} photos: give at most {allowed.max_items}.")
    for url in urls:
        _validate_photo_url(url)
    return urls


def _validate_photo_url(url: str) -> None:
    if len(url) > limits("Photo", "url").max_length or not _PHOTO_URL.fullmatch(url):
        raise ValueError(f'"{url[:80]}" is not the address of a photo: write it in full and ASCII, as https://….')
