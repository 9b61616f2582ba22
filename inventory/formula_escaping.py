"""CSV injection: escapes text that a spreadsheet would run as a formula.

A spreadsheet may split a line at another separator than the comma: one with German settings splits at semicolons, and
then at the line breaks of a quoted cell too. So each place after such a separator counts as the start of a cell. The
import reverses the escaping exactly.
"""

import re

_BLANK_CELLS = frozenset(("", "-", "--", "–", "—", "n/a", "n.a.", "k.a.", "null", "nan", "unknown", "unbekannt"))
# White space and quotation marks before a formula do not stop it.
_CELL_START = r"((?:^|[;|\t\r\n])[\s\"]*)"
# The apostrophe is among them because it is the escape itself.
_FORMULA_START = "(?=[=+\\-@'＝＋－＠])"
_FORMULA = re.compile(_CELL_START + _FORMULA_START)
_ESCAPED_FORMULA = re.compile(f"{_CELL_START}'{_FORMULA_START}")


def is_blank(text: str) -> bool:
    """Return True if a stripped cell is empty or a placeholder such as "n/a"."""
    return text.casefold() in _BLANK_CELLS


def escape_formula(text: str) -> str:
    """Prefix an apostrophe to formulas, and to text that would import as blank."""
    return f"'{text}" if text and is_blank(text) else _FORMULA.sub(r"\1'", text)


def unescape_formula(text: str) -> str:
    """Remove the apostrophes that `escape_formula` adds. Any others stay."""
    if "'" not in text:
        return text
    bare = text.removeprefix("'")
    return bare if bare != text and is_blank(bare) else _ESCAPED_FORMULA.sub(r"\1", text)
