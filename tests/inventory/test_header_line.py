"""The header is found below title lines, and messages quote the line that was taken for it."""

import re

import pytest

from inventory.column_map import MappingError
from inventory.header_line import find_header
from inventory.sheet import read_sheet

TITLES = "Stock list of Uhrenhaus Nord; May 2024\nall prices in EUR, VAT included, subject to change\n\n"
ROWS = "SKU{0}Brand{0}Model{0}Price\nA1{0}Rolex{0}Explorer{0}7000\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "titles", ["", TITLES, "Price list\n", ",,,\n;;;\n", '"A title, with ""quotes"""\n', "a|b|c|d|e|f\n"]
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_header_is_found_below_title_lines(delimiter: str, titles: str, newline: str) -> None:
    text = (titles + ROWS.format(delimiter)).replace("\n", newline)
    sheet = read_sheet(text.encode())
    assert [row.values["sku"] for row in sheet.good] == ["A1"]
    assert sheet.good[0].line == titles.count("\n") + 2


def test_header_below_title_lines_is_quoted_in_a_note() -> None:
    [note] = read_sheet((TITLES + ROWS.format(";")).encode()).notes
    assert note == 'Line 4 was taken for the header: "SKU;Brand;Model;Price". The lines above it were not read.'


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Colour,Size\nred,40\n", 'Line 1 was taken for the header: "Colour,Size".'),
        ("\n\nFarbe;Art\nrot;x\n", 'Line 3 was taken for the header: "Farbe;Art".'),
        ("Title\nBrand;Model;Year;Dial\nRolex;Explorer;2020;black\n", 'Line 2 was taken for the header: "Brand;'),
        ("Brand;Model;Price;Price\nx;y;1;2\n", 'Line 1 was taken for the header: "Brand;Model;Price;Price".'),
    ],
)
def test_message_quotes_the_line_that_was_taken_for_the_header(text: str, quote: str) -> None:
    with pytest.raises(MappingError, match=re.escape(quote)):
        read_sheet(text.encode())


def test_quoted_line_is_printable_and_short() -> None:
    with pytest.raises(MappingError, match=r'"a\N{REPLACEMENT CHARACTER}?.{1,210}…"'):
        read_sheet(("a\u202e;" * 100 + "b\n1\n").encode())


def test_columns_that_the_user_mapped_count_as_recognized() -> None:
    text = "Our list\nMaison;Modèle;Montant\nRolex;Explorer;7000\n"
    overrides = {"Maison": "brand", "Montant": "asking_price_eur"}
    assert [row.line for row in read_sheet(text.encode(), overrides=overrides).good] == [3]


def test_data_row_is_not_taken_for_the_header() -> None:
    header = find_header("Hersteller;Typ;Betrag\nRolex;Box;Papers\nOmega;Set;Year\n")
    assert header.record.line == 1


def test_delimiter_inside_of_cells_does_not_count() -> None:
    text = 'Brand;Model;"Price, net, EUR";Description\nRolex;Explorer;7000;"a, b, c | d, e, f"\n'
    sheet = read_sheet(text.encode(), overrides={"Price, net, EUR": "asking_price_eur"})
    assert sheet.good[0].values["description"] == "a, b, c | d, e, f"
