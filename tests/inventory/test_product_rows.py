"""Several rows of one product are one watch."""

from pathlib import Path

import pytest

from inventory.availability import Availability
from inventory.sheet import Sheet, read_sheet

FILES = Path(__file__).with_name("files")
URL = "https://img.example/{}.jpg"


def sheet(*lines: str) -> Sheet:
    return read_sheet("\n".join(lines).encode())


def test_photo_rows_of_a_shopify_export_are_joined() -> None:
    read = read_sheet((FILES / "shopify.csv").read_bytes())
    assert read.errors + read.warnings == []
    assert [(row.line, row.values["model"], row.values["photos"]) for row in read.good] == [
        (2, "Submariner", [URL.format(1), URL.format(2), URL.format(3)]),
        (5, "Speedmaster", [URL.format(4)]),
    ]
    assert [row.availability for row in read.good] == [Availability.FOR_SALE, Availability.SOLD]


def test_variants_are_one_watch_and_the_strictest_row_decides() -> None:
    read = sheet(
        "Handle,Title,Vendor,Option1 Name,Option1 Value,Variant SKU,Variant Inventory Qty,Variant Price",
        "sub,Submariner,Rolex,Strap,Steel,S1,1,12900",
        "sub,,,,Rubber,S2,0,12500",
    )
    [row] = read.good
    assert (row.values["sku"], row.values["asking_price_cents"]) == ("S1", 1_290_000)
    assert (row.values["bracelet_material"], row.availability) == ("Steel", Availability.SOLD)


@pytest.mark.parametrize("parent", ["W1", "id:17"])
def test_variation_completes_its_product(parent: str) -> None:
    read = sheet(
        "ID,Type,SKU,Name,Published,Regular price,Parent,Images,Brands",
        f"17,variable,W1,Explorer,1,,,{URL.format(1)},Rolex",
        f"18,variation,W1-a,Explorer - Steel,1,7000,{parent},{URL.format(2)},",
        "19,simple,W2,Datejust,1,6000,,,Rolex",
    )
    assert read.errors == []
    assert [(row.values["sku"], row.values["asking_price_cents"]) for row in read.good] == [
        ("W1", 700_000), ("W2", 600_000),
    ]  # fmt: skip
    assert read.good[0].values["photos"] == [URL.format(1), URL.format(2)]


def test_row_of_another_store_view_is_joined_by_its_sku() -> None:
    read = sheet("sku,store_view_code,name,manufacturer,price", "M1,,Explorer,Rolex,7000", "M1,de,,,")
    assert ([row.line for row in read.good], read.errors) == ([2], [])


def test_row_with_photos_only_continues_the_row_above() -> None:
    read = sheet("SKU,Brand,Model,Price,Photos", f"A1,Rolex,Explorer,7000,{URL.format(1)}", f",,,,{URL.format(2)}")
    assert [row.values["photos"] for row in read.good] == [[URL.format(1), URL.format(2)]]


def test_rows_with_a_product_of_their_own_are_not_joined() -> None:
    read = sheet("SKU,Brand,Model,Price", "A1,Rolex,Explorer,7000", "A1,Omega,Seamaster,5000", ",Tudor,Ranger,2500")
    assert [row.line for row in read.good] == [2, 4]
    assert [error.line for error in read.errors] == [3]


def test_photo_row_below_a_malformed_row_is_an_error() -> None:
    read = sheet("Brand,Model,Price,Photos", 'Rolex,"B" x,2,', f",,,{URL.format(1)}", "Rolex,C,3,")
    assert [row.line for row in read.good] == [4]
    assert {error.line for error in read.errors} == {2, 3}
