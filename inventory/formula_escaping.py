"""CSV injection: escapes text that a spreadsheet would run as a formula.

The import reverses it exactly.
"""

_BLANK_CELLS = frozenset(("", "-", "--", "–", "—", "n/a", "n.a.", "k.a.", "null", "nan", "unknown", "unbekannt"))
# The apostrophe is among them because it is the escape itself.
_FORMULA_STARTS = ("=", "+", "-", "@", "'", "＝", "＋", "－", "＠")


def is_blank(text: str) -> bool:
    """Return True if a stripped cell is empty or a placeholder such as "n/a"."""
    return text.casefold() in _BLANK_CELLS


def escape_formula(text: str) -> str:
    """Prefix an apostrophe to formulas, and to text that would import as blank."""
    return f"'{text}" if text.startswith(_FORMULA_STARTS) or (text and is_blank(text)) else text


def unescape_formula(text: str) -> str:
    """Remove the apostrophe that `escape_formula` adds. Any other apostrophe stays."""
    bare = text.removeprefix("'")
    return bare if bare != text and escape_formula(bare) == text else text
