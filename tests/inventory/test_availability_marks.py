"""Notes and titles that say "sold" or "reserved" keep a watch off sale."""

import pytest

from inventory.availability import Availability
from inventory.sheet import read_sheet

FOR_SALE, WITHHELD, SOLD = Availability


def read(header: str, *cells: str) -> Availability:
    text = f"Brand;Price;{header}\nRolex;7000;{';'.join(cells)}\n"
    [row] = read_sheet(text.encode()).good
    return row.availability


@pytest.mark.parametrize(
    ("note", "availability"),
    [
        ("Reserved for Anna", WITHHELD), ("reserved until Friday", WITHHELD), ("RESERVED - deposit paid", WITHHELD),
        ("On hold: Max", WITHHELD), ("Reserviert für Anna", WITHHELD), ("Réservé pour Anna", WITHHELD),
        ("Sold to Max", SOLD), ("SOLD 3.5.", SOLD), ("sold on 2024-05-03", SOLD), ("Verkauft an Max", SOLD),
        ("Vendu à Max", SOLD), ("Продано", SOLD), ("Забронировано", WITHHELD),
        ("Sold with box and papers", FOR_SALE), ("Sold by Uhrenhaus Nord in 1965", FOR_SALE), ("Soldier's", FOR_SALE),
        ("never sold before", FOR_SALE), ("Reserved dial design", FOR_SALE), ("Draft beer promotion", FOR_SALE),
    ],
)  # fmt: skip
def test_note_in_a_column_that_is_not_read(note: str, availability: Availability) -> None:
    assert read("Model;Notes", "Explorer", note) == availability


@pytest.mark.parametrize(
    ("name", "availability"),
    [
        ("Explorer (sold)", SOLD), ("Explorer - SOLD", SOLD), ("SOLD Explorer", SOLD), ("Explorer *SOLD*", SOLD),
        ("Explorer [reserved]", WITHHELD), ("RESERVED: Explorer", WITHHELD), ("Explorer (reserviert)", WITHHELD),
        ("Explorer", FOR_SALE), ("Explorer, one of 50 sold in 1970", FOR_SALE), ("Reserve de Marche", FOR_SALE),
    ],
)  # fmt: skip
@pytest.mark.parametrize("column", ["Model", "Title"])
def test_mark_in_the_name_of_a_watch(column: str, name: str, availability: Availability) -> None:
    assert read(column, name) == availability
