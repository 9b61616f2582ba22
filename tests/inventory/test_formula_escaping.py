"""Text that a spreadsheet would run as a formula is escaped, and the import undoes it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.cell_parser import parse_cell
from inventory.formula_escaping import escape_formula, unescape_formula

seeded = settings(derandomize=True, database=None, deadline=None, max_examples=150)


@given(st.one_of(st.text(max_size=5), st.text("'=+-@＝n/a ", max_size=5)))
@seeded
def test_escaping_is_reversed_exactly(text: str) -> None:
    text = text.strip()
    assert not escape_formula(text).startswith(("=", "+", "-", "@", "＝"))
    assert unescape_formula(escape_formula(text)) == text


def test_other_apostrophes_stay() -> None:
    assert parse_cell("supplier", "'t Horloge") == {"supplier": "'t Horloge"}
    assert parse_cell("supplier", "'+49 89 1234") == {"supplier": "+49 89 1234"}
