"""Parsers of form input by kind of field.

Blank input is None. Invalid input raises ValueError with a message to show.
"""

import re
from collections.abc import Callable
from typing import Any

from inventory import countries
from inventory.cell_parser import parse_cell
from inventory.money import amount
from spec.characters import has_line_breaks

_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


def parse_text(text: str) -> str | None:
    return text.strip() or None


def parse_textarea(text: str) -> str | None:
    """Browsers send line breaks as \\r\\n; they are stored as \\n."""
    return text.replace("\r\n", "\n").strip() or None


def parse_integer(text: str) -> int | None:
    digits = text.strip().replace(" ", "").replace("\u00a0", "")
    if not digits:
        return None
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 12:
        raise ValueError("Enter a whole number.")
    return int(digits)


def parse_number(text: str) -> float | None:
    """Parse a number such as `40.5` or `40,5`.

    A single point or comma is the decimal separator: there is no need to group the digits of a measure.
    Raises ValueError with a message to show.
    """
    digits = text.strip().replace(" ", "").replace(",", ".")
    if not digits:
        return None
    if not _DECIMAL.fullmatch(digits):
        raise ValueError("Enter a number such as 40.5.")
    return float(digits)


def parse_money(text: str) -> int | None:
    """Parse an amount in euros.

    Returns cents. The rules are those of the inventory import (`inventory.money`).
    """
    if not text.strip():
        return None
    value, currency = amount(text)
    if currency not in (None, "EUR"):
        raise ValueError(f"Enter the amount in euros. This one is in {currency}.")
    return int(value * 100)


def parse_boolean(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def parse_list(text: str) -> list[str]:
    """Split entries at commas, semicolons and line breaks, such as `Date, GMT`."""
    return [part.strip() for part in re.split(r"[,;\n]", text) if part.strip()]


def parse_sku(text: str) -> str | None:
    """Parse an SKU as the inventory import does, so that both match.

    A line break stays, and is an error of the form.
    """
    typed = text.strip()
    return typed if has_line_breaks(typed) else parse_cell("sku", typed).get("sku")


def parse_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def parse_country(text: str) -> str | None:
    """Parse an ISO 3166-1 alpha-2 code in either case."""
    code = text.strip().upper()
    if code and code not in countries.CODES:
        raise ValueError("Enter a two-letter country code such as DE.")
    return code or None


def parse_raw(text: str) -> str | None:
    """Keep white space: it can be part of a password or of a signed body."""
    return text or None


PARSERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("text", "email", "tel", "url", "choice"), parse_text),
    "textarea": parse_textarea,
    "integer": parse_integer,
    "number": parse_number,
    "money": parse_money,
    "boolean": parse_boolean,
    "list": parse_list,
    "lines": parse_lines,
    "sku": parse_sku,
    "country": parse_country,
    "raw": parse_raw,
    "password": parse_raw,
}
