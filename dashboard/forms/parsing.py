"""What people type, as values: a blank is None, nonsense a sentence (ValueError)."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from inventory import countries

_DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?")


def text(typed: str) -> str | None:
    return typed.strip() or None


def area(typed: str) -> str | None:
    """Line ends as \\n; browsers send \\r\\n."""
    return typed.replace("\r\n", "\n").strip() or None


def whole(typed: str) -> int | None:
    plain = typed.strip().replace(" ", "").replace("\u00a0", "")
    if not plain:
        return None
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 12:
        raise ValueError("Give a whole number.")
    return int(plain)


def number(typed: str) -> float | None:
    plain = typed.strip().replace(" ", "").replace(",", ".")
    if not plain:
        return None
    if not _DECIMAL.fullmatch(plain):
        raise ValueError("Give a number such as 40.5.")
    return float(plain)


def money(typed: str) -> int | None:
    """Cents: `14,500`, `14.500,50`, `€ 14 500.5` and `14500` are all read as a person means them."""
    plain = re.sub(r"[€\s\u00a0'’]", "", typed).removeprefix("EUR").removesuffix("EUR")
    if not plain:
        return None
    cents = _cents(plain)
    if cents is None:
        raise ValueError("Give an amount in euro such as 14500 or 14500.50.")
    return cents


def _cents(plain: str) -> int | None:
    head, mark, tail = _at_decimal_mark(plain)
    groups = re.sub(r"[.,]", "", head)
    if not (groups.isascii() and groups.isdecimal()) or (mark and not re.fullmatch(r"\d{1,2}", tail)):
        return None
    try:
        return int(Decimal(f"{groups}.{tail or '0'}") * 100)
    except InvalidOperation:
        return None


def _at_decimal_mark(plain: str) -> tuple[str, str, str]:
    """A last comma or point with other than three digits after it is the decimal mark."""
    found = re.fullmatch(r"(.*)([.,])(\d*)", plain)
    if found is None or (len(found[3]) == 3 and re.fullmatch(r"\d{1,3}([.,]\d{3})+", plain)):
        return plain, "", ""
    return found[1], found[2], found[3]


def yes_no(typed: str) -> bool | None:
    return {"yes": True, "no": False}.get(typed)


def items(typed: str) -> list[str]:
    """`Date, GMT`."""
    return [part.strip() for part in re.split(r"[,;\n]", typed) if part.strip()]


def lines(typed: str) -> list[str]:
    return [line.strip() for line in typed.splitlines() if line.strip()]


def country(typed: str) -> str | None:
    code = typed.strip().upper()
    if code and code not in countries.CODES:
        raise ValueError("Give the country's two letters, such as DE.")
    return code or None


PARSERS: dict[str, Callable[[str], Any]] = {
    **dict.fromkeys(("text", "email", "tel", "url", "choice"), text),
    "area": area,
    "whole": whole,
    "number": number,
    "money": money,
    "yes_no": yes_no,
    "list": items,
    "lines": lines,
    "country": country,
    "raw": lambda typed: typed or None,
    "secret": lambda typed: typed or None,
}
