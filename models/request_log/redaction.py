"""Redaction of the texts that the API request log keeps.

Keys and secrets of the hub are found by their prefix, others by the name of their field. Personal data of customers
stays until the customer is erased: a dealer debugs with it.
"""

import re

from webhooks.redaction import redact as redact_keys

PREFIXES = ("wth_", "whsec_")
NAMES = ("secret", "password", "passwd", "token", "authorization", "api_key", "apikey")
ESCAPED = re.compile(r"\\u00([2-7][0-9A-Fa-f])")
KEPT_ESCAPES = ('"', "\\")
NAME = rf"[\w-]*(?:{'|'.join(NAMES)})[\w-]*"
FIELD = re.compile(rf'(?i)("{NAME}"\s*:\s*)"(?:[^"\\]|\\.)*(?:"|\\?$)')
PARAMETER = re.compile(rf"(?i)(\b{NAME}=)[^&\s\"]+")


def redact(text: str) -> str:
    """Replace secrets in JSON, in a query or in a header.

    The text may be cut off. It is JSON as sent, in which a secret may be written with escapes (`\\u0077th_`). NUL is
    replaced, because PostgreSQL does not accept it.
    """
    if not text:
        return text
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    if "\\u00" in text:
        text = ESCAPED.sub(_unescape, text)
    if any(prefix in text for prefix in PREFIXES):
        text = redact_keys(text)
    folded = text.lower()
    if any(name in folded for name in NAMES):
        text = PARAMETER.sub(r"\1...", FIELD.sub(r'\1"..."', text))
    return text


def _unescape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return match[0] if character in KEPT_ESCAPES or not character.isprintable() else character
