"""Rules for the cells of every field: blank cells, control characters, length."""

import pytest

from inventory.cell_parser import parse_cell
from inventory.fields import FIELDS


@pytest.mark.parametrize("cell", ["", "  ", "-", "–", "n/a", "N/A", "unknown", "NULL"])
def test_blank_cell_has_no_value(cell: str) -> None:
    assert [parse_cell(field, cell) for field in FIELDS] == [{}] * len(FIELDS)


@pytest.mark.parametrize("field", FIELDS)
def test_control_characters_are_rejected_in_every_field(field: str) -> None:
    with pytest.raises(ValueError, match=r"control character U\+0000. Remove it"):
        parse_cell(field, "a\x00b")


def test_hostile_cells_are_rejected_quickly() -> None:
    for field in FIELDS:
        for hostile in ("x" + " " * 100_000 + "y", "(" * 100_000, " (-" * 30_000 + "x", "1" * 100_000):
            with pytest.raises(ValueError, match=r"\.$"):
                parse_cell(field, hostile)
