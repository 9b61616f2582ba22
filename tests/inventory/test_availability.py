"""Rows that are sold, reserved, draft or out of stock are recognized, whatever column says so."""

from contextlib import suppress

import pytest

from inventory.availability import Availability, parse_availability
from inventory.availability_words import AVAILABILITY_FIELDS, AVAILABILITY_SPELLINGS
from inventory.headers import FIELD_SPELLINGS
from inventory.sheet import read_sheet
from inventory.sheet_row import SheetRow

FOR_SALE, WITHHELD, SOLD = Availability


def row(column: str, cell: str, overrides: dict[str, str] | None = None) -> SheetRow:
    content = f'Brand,Model,Price,"{column}"\nRolex,Explorer,7000,"{cell}"\n'.encode()
    [found] = read_sheet(content, overrides=overrides or {}).good
    return found


@pytest.mark.parametrize(
    ("column", "cell", "expected"),
    [
        # Shopify
        ("Status", "active", FOR_SALE), ("Status", "archived", WITHHELD), ("Status", "draft", WITHHELD),
        ("Status", "Unlisted", WITHHELD), ("Published", "TRUE", FOR_SALE), ("Published", "false", WITHHELD),
        ("Published on online store", "FALSE", WITHHELD), ("Variant Inventory Qty", "0", SOLD),
        ("Inventory quantity", "1", FOR_SALE),
        # WooCommerce
        ("Published", "1", FOR_SALE), ("Published", "0", WITHHELD), ("Published", "-1", WITHHELD),
        ("In stock?", "0", SOLD), ("In stock?", "backorder", WITHHELD), ("Stock", "0", SOLD), ("Stock", "", FOR_SALE),
        ("Stock status", "outofstock", SOLD), ("stock_status", "instock", FOR_SALE),
        ("stock_status", "onbackorder", WITHHELD), ("post_status", "private", WITHHELD),
        ("Visibility in catalog", "hidden", WITHHELD), ("Visibility in catalog", "visible", FOR_SALE),
        # eBay
        ("Available quantity", "0", SOLD), ("*Quantity", "1", FOR_SALE),
        ("*Action(SiteID=Germany|Country=DE|Currency=EUR|Version=1193)", "End", WITHHELD),
        ("Action(SiteID=Germany)", "Draft", WITHHELD), ("Action(SiteID=Germany)", "Revise", FOR_SALE),
        # PrestaShop
        ("Active (0/1)", "0", WITHHELD), ("Active (0/1)", "1", FOR_SALE), ("Visibility", "none", WITHHELD),
        ("Available for order (0 = No, 1 = Yes)", "0", WITHHELD), ("Quantity", "-3", SOLD),
        # Magento
        ("product_online", "2", WITHHELD), ("is_in_stock", "0", SOLD), ("qty", "0.0000", SOLD),
        ("qty", "1.0000", FOR_SALE), ("status", "2", WITHHELD), ("status", "Disabled", WITHHELD),
        ("visibility", "Not Visible Individually", WITHHELD), ("visibility", "Catalog, Search", FOR_SALE),
        # Chrono24 and schema.org
        ("Availability", "Available now", FOR_SALE), ("Availability", "Needs to be procured", WITHHELD),
        ("Availability", "Item is in stock", FOR_SALE), ("availability", "out_of_stock", SOLD),
        ("availability", "https://schema.org/OutOfStock", SOLD), ("Verfügbarkeit", "Sofort lieferbar", FOR_SALE),
        # Dealers' own lists
        ("Status", "Sold", SOLD), ("Status", "SOLD!", SOLD), ("Status", "Sold to Anna", SOLD),
        ("Status", "sold (eBay)", SOLD), ("Status", "bereits verkauft", SOLD), ("Status", "Réservée", WITHHELD),
        ("Status", "Reserved until Friday", WITHHELD), ("Status", "In stock, reserved", WITHHELD),
        ("Status", "On hold - Anna", WITHHELD), ("Status", "not sold", FOR_SALE), ("Статус", "Продаден", SOLD),
        ("Stato", "Venduto", SOLD), ("Estado de venta", "Vendida", SOLD), ("Bestand", "0 Stk.", SOLD),
        ("Sold", "yes", SOLD), ("Sold", "no", FOR_SALE), ("Sold", "", FOR_SALE), ("Sold", "✓", SOLD),
        ("Date sold", "2024-05-01", SOLD), ("Sold price", "0.00", FOR_SALE), ("Sold price", "9500", SOLD),
        ("Reserved for", "Anna", WITHHELD), ("Reserved", "0", FOR_SALE), ("Archived", "TRUE", WITHHELD),
        ("Hidden", "sold", SOLD), ("Published at", "2024-05-01T10:00:00Z", FOR_SALE),
    ],
)  # fmt: skip
def test_cell_decides_whether_the_row_is_for_sale(column: str, cell: str, expected: Availability) -> None:
    found = row(column, cell)
    assert (found.availability, found.warnings) == (expected, [])


def test_strictest_column_decides() -> None:
    header, rest = "Brand,Model,Price,Status,Published,Quantity,Sold,Availability\n", "Rolex,Explorer,1,"
    cells = ("active,true,1,,", "active,false,1,,", "draft,true,0,,", "active,true,1,2024-05-01,", "active,,1,,sold")
    sheet = read_sheet((header + "".join(f"{rest}{line}\n" for line in cells)).encode())
    assert [row.availability for row in sheet.good] == [FOR_SALE, WITHHELD, SOLD, SOLD, SOLD]
    assert [row.line for row in sheet.not_for_sale] == [3, 4, 5, 6]
    assert sheet.columns.ignored == []


@pytest.mark.parametrize("cell", ["perhaps", "Zur Ansicht", "3 of 4", "7"])
def test_unknown_status_is_withheld_with_a_warning(cell: str) -> None:
    found = row("Status", cell)
    assert found.availability == WITHHELD
    [warning] = found.warnings
    assert (warning.line, warning.column, warning.value) == (2, "Status", cell)
    assert "not put on sale" in warning.reason


@pytest.mark.parametrize(("cell", "expected"), [("SOLD", SOLD), ("Reserviert", WITHHELD), (" verkauft! ", SOLD)])
def test_unmistakable_word_counts_in_any_column(cell: str, expected: Availability) -> None:
    for column in ("Anything", "Title", "Supplier", "Location note"):
        assert row(column, cell).availability == expected


def test_ignored_column_does_not_count() -> None:
    assert row("Status", "Sold", overrides={"Status": ""}).availability == FOR_SALE


def test_override_makes_any_column_count() -> None:
    assert row("X7", "0", overrides={"X7": "quantity"}).availability == SOLD


def test_no_column_name_means_both_a_value_and_availability() -> None:
    assert AVAILABILITY_SPELLINGS.keys() & FIELD_SPELLINGS.keys() == set()


@pytest.mark.parametrize("field", AVAILABILITY_FIELDS)
@pytest.mark.parametrize("cell", ["x" * 100_000, "sold " * 20_000, "(" * 100_000, "9" * 100_000, "\x00", "-"])
def test_hostile_cell_is_read_or_rejected(field: str, cell: str) -> None:
    with suppress(ValueError):
        assert parse_availability(field, cell) in Availability
