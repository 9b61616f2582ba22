"""Numbers as people write them: 14500, 14'500, 14 500, 14,500.00, 14.500,00, 40,5.

How a number is read, so that none has two readings:

- A space or an apostrophe groups thousands.
- Where a point and a comma both occur, the last one is the decimal separator and the other groups thousands.
- A separator that occurs more than once groups thousands.
- One point or one comma groups thousands when exactly three digits follow it and one to three digits, the
  first of them not zero, stand before it ("14.500" is fourteen thousand five hundred); it is the decimal
  separator when one or two digits follow.
- A group has exactly three digits. Whatever does not fit is refused.
"""

import re
from decimal import Decimal

_EQUIVALENTS = str.maketrans({"’": "'", "‘": "'", "\u00a0": " ", "\u2009": " ", "\u202f": " "})
_UNGROUPED = re.compile(r"(?P<whole>[0-9]{1,15})(?:[.,](?P<decimals>[0-9]{1,2}))?")
_GROUPED = re.compile(
    r"(?P<whole>[1-9][0-9]{0,2}(?P<group>[.,' ])[0-9]{3}(?:(?P=group)[0-9]{3}){0,3})"
    r"(?:(?!(?P=group))[.,](?P<decimals>[0-9]{1,2}))?"
)
_DIGITS = re.compile(r"[0-9](?:[0-9.,' ]*[0-9])?")
_MAX_CHARACTERS = 80


def parse_number(text: str) -> Decimal:
    """The number that `text` writes, by the rules above; ValueError when it is none."""
    plain = text.translate(_EQUIVALENTS).strip()
    match = _UNGROUPED.fullmatch(plain) or _GROUPED.fullmatch(plain)
    if match is None:
        raise ValueError(f'"{text[:_MAX_CHARACTERS]}" is not a number with at most two decimals.')
    whole = re.sub(r"[^0-9]", "", match["whole"])
    return Decimal(f"{whole}.{match['decimals']}" if match["decimals"] else whole)


def split_at_number(text: str) -> tuple[str, str, str]:
    """`text` cut into what stands before the first number in it, that number as written, and the rest.

    The number is empty when there is none, or when the text is too long to be an amount or a measure."""
    plain = text.translate(_EQUIVALENTS).strip()
    match = _DIGITS.search(plain) if len(plain) <= _MAX_CHARACTERS else None
    if match is None:
        return plain, "", ""
    return plain[: match.start()].strip(), match[0], plain[match.end() :].strip()
