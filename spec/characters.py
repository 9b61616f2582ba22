"""Characters: what stored and displayed text may contain, and what is equal.

Stored text follows the `pattern`s of the OpenAPI document. Displayed text follows a stricter rule, because terminals
and browsers act on control characters that are harmless in a database.

Neither rule touches U+2028 and U+2029, or invisible characters such as U+200D (zero-width joiner) and U+200F
(right-to-left mark): emoji and names in Arabic or Hebrew need them.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

# The bodies of character classes in regular expressions.
LINE_BREAKS: Final = r"\t\n\r"
# C0 without tab, LF and CR, and DEL. PostgreSQL cannot store U+0000; no text needs the others.
CONTROL_CHARACTERS: Final = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
# Also C1, which terminals obey, lone surrogates, which UTF-8 cannot encode, and the marks that reverse the order of
# the text around them (bidirectional embeddings, overrides and isolates).
UNPRINTABLE: Final = CONTROL_CHARACTERS + r"\x80-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069"

REPLACEMENT: Final = "\ufffd"

_CONTROL_CHARACTER = re.compile(f"[{CONTROL_CHARACTERS}]")
_LINE_BREAK = re.compile(f"[{LINE_BREAKS}]")
_UNPRINTABLE = re.compile(f"[{UNPRINTABLE}]")
_UNPRINTABLE_OR_BREAKS = re.compile(f"[{UNPRINTABLE}{LINE_BREAKS}]+")


def find_control_character(text: str) -> str | None:
    """Return the first forbidden control character of a text, or None.

    Tab, LF and CR are allowed.
    """
    match = _CONTROL_CHARACTER.search(text)
    return match[0] if match else None


def has_line_breaks(text: str) -> bool:
    """Return True if the text contains a tab, LF or CR."""
    return _LINE_BREAK.search(text) is not None


def replace_control_characters(text: str, *, keep: str = "\t\n\r") -> str:
    """Replace control characters with U+FFFD, so that the text can be stored.

    Tab, LF and CR stay only if they are in `keep`.
    """
    return text.translate(_replacements(keep))


def replace_unprintable(text: str) -> str:
    """Replace unprintable characters with U+FFFD; keep tab, LF and CR."""
    return _UNPRINTABLE.sub(REPLACEMENT, text)


def to_single_line(text: str) -> str:
    """Replace each run of unprintable characters, tabs and line breaks with a space."""
    return _UNPRINTABLE_OR_BREAKS.sub(" ", text)


def normalize_text(text: str) -> str:
    """Return the text in Unicode normalization form C.

    `é` can be one character or two: macOS writes two.
    """
    return unicodedata.normalize("NFC", text)


def fold_text(text: str) -> str:
    """Return the text for a comparison that ignores case.

    Canonical caseless matching of the Unicode Standard (definition D145), in normalization form C.
    """
    return normalize_text(unicodedata.normalize("NFD", text).casefold())


@lru_cache(8)
def _replacements(keep: str) -> dict[int, str]:
    return {code: REPLACEMENT for code in (*range(0x20), 0x7F) if chr(code) not in keep}
