"""Parses numbers as people write them: 14'500, 14,500.00, 14.500,00, 40,5.

The rules leave no number with two meanings:

- Spaces and apostrophes separate thousands.
- If a number has both points and commas, the last one is the decimal separator; the others separate thousands.
- A point or comma that occurs more than once separates thousands.
- A single point or comma separates thousands if exactly three digits follow it, and one to three digits, the first not
  zero, precede it: "14.500" is fourteen thousand five hundred. It is the decimal separator if one or two digits
  follow.
- Databases write four or more decimals: "7000.0000" is seven thousand, "5200.500000" is 5,200.50. All but the first
  two are zeros. With fewer than three digits before them, all are zeros, because "14.5000" may be a slip.
- Thousands have exactly three digits. Any other number is an error, such as "0.123" or "1,23,456".
"""

import re
from decimal import Decimal

_EQUIVALENTS = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u2009": " ", "\u202f": " "})
_UNGROUPED = re.compile(r"(?P<whole>[0-9]{1,15})(?:[.,](?P<decimals>[0-9]{1,2}))?")
_STORED = re.compile(r"(?P<whole>[0-9]{1,15})[.,](?P<decimals>00|(?<=[0-9]{3}[.,])[0-9]{2})0{2,10}")
_GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<group>[.,' ])[0-9]{3}(?:(?P=group)[0-9]{3}){0,3})"
    r"(?:(?!(?P=group))[.,](?P<decimals>[0-9]{1,2})(?:(?<=[.,][0-9]{2})0{2,10})?)?"
)
_DIGITS = re.compile(r"[0-9](?:[0-9.,' ]*[0-9])?")
_MAX_CHARACTERS = 80


def parse_number(text: str) -> Decimal:
    """Parse a number without sign by the rules above.

    Returns at most two decimals. Raises ValueError.
    """
    normalized = text.translate(_EQUIVALENTS).strip()
    match = _UNGROUPED.fullmatch(normalized) or _STORED.fullmatch(normalized) or _GROUPED.fullmatch(normalized)
    if match is None:
        raise ValueError(f'"{text[:_MAX_CHARACTERS]}" is not a number with at most two decimals.')
    whole = re.sub(r"[^0-9]", "", match["whole"])
    return Decimal(f"{whole}.{match['decimals']}" if match["decimals"] else whole)


def split_at_number(text: str) -> tuple[str, str, str]:
    """Split text into the part before its first number, the number, and the rest.

    The number is empty if there is none, or if the text is too long for an amount or a measurement.
    """
    normalized = text.translate(_EQUIVALENTS).strip()
    match = _DIGITS.search(normalized) if len(normalized) <= _MAX_CHARACTERS else None
    if match is None:
        return normalized, "", ""
    return normalized[: match.start()].strip(), match[0], normalized[match.end() :].strip()
