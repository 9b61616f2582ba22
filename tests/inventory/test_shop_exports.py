"""Exports of shop systems and market places are read by their headers."""

import csv
import io
from decimal import Decimal
from typing import Any

import pytest

from inventory.availability import Availability
from inventory.column_map import ColumnChoiceError
from inventory.sheet import Sheet, read_sheet


def read(rows: list[dict[str, str]], **options: Any) -> Sheet:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), restval="")
    writer.writeheader()
    writer.writerows(rows)
    return read_sheet(file.getvalue().encode(), **options)


SHOPIFY = {
    "Handle": "sub", "Title": "Submariner Date", "Body (HTML)": "Full set", "Vendor": "Rolex",
    "Product Category": "Watches", "Type": "Watch", "Tags": "dive", "Published": "true", "Option1 Name": "Title",
    "Option1 Value": "Default Title", "Variant SKU": "SH-1", "Variant Grams": "0",
    "Variant Inventory Tracker": "shopify",
    "Variant Inventory Qty": "1", "Variant Price": "12900.00", "Variant Compare At Price": "14000.00",
    "Image Src": "https://cdn.example/1.jpg", "Image Position": "1", "Variant Image": "https://cdn.example/1.jpg",
    "Cost per item": "9000", "Status": "active", "Reference (product.metafields.custom.reference)": "126610LN",
}  # fmt: skip
SHOPIFY_2025 = {
    "Title": "Rolex Submariner Date", "URL handle": "sub", "Description": "Full set", "Vendor": "Rolex",
    "Published on online store": "TRUE", "Status": "Active", "SKU": "SH-1", "Price": "12900.00",
    "Compare-at price": "14000", "Cost per item": "9000", "Inventory quantity": "1",
    "Continue selling when out of stock": "FALSE", "Product image URL": "https://cdn.example/1.jpg",
    "Reference (product.metafields.custom.reference)": "126610LN",
}  # fmt: skip
WOOCOMMERCE = {
    "ID": "17", "Type": "simple", "SKU": "SH-1", "Name": "Rolex Submariner Date", "Published": "1",
    "Is featured?": "0", "Visibility in catalog": "visible", "Short description": "", "Description": "Full set",
    "Date sale price starts": "", "Date sale price ends": "", "Tax status": "taxable", "In stock?": "1", "Stock": "1",
    "Backorders allowed?": "0", "Sold individually?": "1", "Sale price": "", "Regular price": "12900",
    "Categories": "Watches", "Images": "https://cdn.example/1.jpg", "Attribute 1 name": "Brand",
    "Attribute 1 value(s)": "Rolex", "Attribute 1 visible": "1", "Attribute 2 name": "Reference",
    "Attribute 2 value(s)": "126610LN", "Meta: _wc_cog_cost": "9000",
}  # fmt: skip
EBAY = {
    "*Action(SiteID=Germany|Country=DE|Currency=EUR|Version=1193)": "Add", "Custom label (SKU)": "SH-1",
    "*Category": "31387", "*Title": "Rolex Submariner Date", "*ConditionID": "4000", "*C:Brand": "Rolex",
    "C:Reference Number": "126610LN", "C:Model": "Submariner Date", "PicURL": "https://cdn.example/1.jpg",
    "*Description": "Full set", "*Format": "FixedPrice", "*StartPrice": "12900", "BuyItNowPrice": "", "*Quantity": "1",
    "Cost price": "9000",
}  # fmt: skip
PRESTASHOP = {
    "Product ID": "SH-1", "Active (0/1)": "1", "Name*": "Submariner Date", "Price tax excluded": "10750.00",
    "Price tax included": "12900.00", "Wholesale price": "9000", "Reference #": "126610LN", "Manufacturer": "Rolex",
    "Quantity": "1", "Visibility": "both", "Description": "Full set", "Available for order (0 = No, 1 = Yes)": "1",
    "Image URLs (x,y,z...)": "https://cdn.example/1.jpg",
}  # fmt: skip
MAGENTO = {
    "sku": "SH-1", "store_view_code": "", "attribute_set_code": "Default", "product_type": "simple",
    "name": "Submariner Date", "description": "Full set", "product_online": "1", "visibility": "Catalog, Search",
    "price": "13500", "special_price": "12900", "special_price_from_date": "", "special_price_to_date": "",
    "base_image": "https://cdn.example/1.jpg", "qty": "1.0", "is_in_stock": "1", "cost": "9000",
    "additional_attributes": "manufacturer=Rolex,mpn=126610LN,strap_colour=Black, blue",
}  # fmt: skip
CHRONO24 = {
    "Dealer product code": "SH-1", "Manufacturer": "Rolex", "Model": "Submariner Date", "Reference number": "126610LN",
    "Price": "12.900", "Currency": "EUR", "Purchase price": "9000", "Description": "Full set",
    "Availability": "Available now", "Image 1": "https://cdn.example/1.jpg", "Image 2": "",
}  # fmt: skip
EXPORTS = {
    "Shopify": SHOPIFY, "Shopify 2025": SHOPIFY_2025, "WooCommerce": WOOCOMMERCE, "eBay": EBAY,
    "PrestaShop": PRESTASHOP, "Magento": MAGENTO, "Chrono24": CHRONO24,
}  # fmt: skip


@pytest.mark.parametrize("shop", EXPORTS)
def test_export_is_read_by_its_headers(shop: str) -> None:
    sheet = read([EXPORTS[shop]])
    assert sheet.errors + sheet.warnings == []
    [row] = sheet.good
    values = {name: value for name, value in row.values.items() if name not in ("title", "condition")}
    assert values == {
        "sku": "SH-1", "brand": "Rolex", "model": "Submariner Date", "reference": "126610LN", "description": "Full set",
        "asking_price_cents": 1_290_000, "cost_price_cents": 900_000, "photos": ["https://cdn.example/1.jpg"],
    }  # fmt: skip
    assert row.availability == Availability.FOR_SALE


@pytest.mark.parametrize(
    ("shop", "column", "cell"),
    [
        ("Shopify", "Status", "archived"), ("Shopify", "Published", "false"), ("Shopify", "Variant Inventory Qty", "0"),
        ("Shopify 2025", "Status", "Draft"), ("Shopify 2025", "Inventory quantity", "0"),
        ("WooCommerce", "Published", "-1"), ("WooCommerce", "In stock?", "0"), ("WooCommerce", "Stock", "0"),
        ("eBay", "*Quantity", "0"), ("eBay", "*Format", "Auction"), ("eBay", "*Format", "Chinese"),
        ("PrestaShop", "Active (0/1)", "0"), ("PrestaShop", "Quantity", "0"),
        ("Magento", "product_online", "2"), ("Magento", "is_in_stock", "0"), ("Magento", "qty", "0.0000"),
        ("Chrono24", "Availability", "reserved"), ("Chrono24", "Availability", "sold"),
    ],
)  # fmt: skip
def test_product_that_the_shop_does_not_sell_is_not_for_sale(shop: str, column: str, cell: str) -> None:
    sheet = read([{**EXPORTS[shop], column: cell}])
    assert [row.availability == Availability.FOR_SALE for row in sheet.good] == [False]


def test_every_unread_column_is_named() -> None:
    assert read([SHOPIFY]).columns.ignored == [
        "Handle", "Product Category", "Type", "Tags", "Variant Grams", "Variant Inventory Tracker",
        "Variant Compare At Price", "Image Position",
    ]  # fmt: skip


@pytest.mark.parametrize("shop", EXPORTS)
def test_part_of_an_export_is_read(shop: str) -> None:
    lost = {"Cost per item", "cost", "Cost price", "Wholesale price", "Purchase price", "Meta: _wc_cog_cost", "Tags"}
    part = {name: cell for name, cell in EXPORTS[shop].items() if name not in lost}
    assert [row.values["model"] for row in read([part]).good] == ["Submariner Date"]


@pytest.mark.parametrize(
    ("sale", "ends", "cents"),
    [("11900", "", 1_190_000), ("", "", 1_290_000), ("0", "", 1_290_000), ("11900", "2024-01-01", 1_290_000)],
)
def test_discount_counts_unless_it_is_blank_zero_or_limited_to_dates(sale: str, ends: str, cents: int) -> None:
    sheet = read([{**WOOCOMMERCE, "Sale price": sale, "Date sale price ends": ends}])
    assert [row.values["asking_price_cents"] for row in sheet.good] == [cents]
    assert [warning.column for warning in sheet.warnings] == ["Sale price"] * bool(ends)


def test_title_replaces_the_model_without_its_brand() -> None:
    rows = [{"Brand": "Rolex", "Title": title, "Price": "1"} for title in ("Rolex - Explorer II", "Datejust", "rolex")]
    sheet = read([*rows, {"Brand": "Rolex", "Title": f"Rolex {'word ' * 50}", "Price": "1"}])
    models = [row.values["model"] for row in sheet.good]
    assert models[:3] == ["Explorer II", "Datejust", "rolex"]
    assert models[3].endswith("word")
    assert [row.values["title"] for row in sheet.good][:1] == ["Rolex - Explorer II"]


def test_product_without_a_required_attribute_is_an_error() -> None:
    sheet = read([WOOCOMMERCE, {**WOOCOMMERCE, "SKU": "2", "Attribute 1 value(s)": ""}])
    assert [(error.line, error.reason[:20]) for error in sheet.errors] == [(3, "The brand is missing")]


def test_two_columns_of_one_rank_are_still_ambiguous() -> None:
    with pytest.raises(ColumnChoiceError, match='"Price" and "Prix" both match price'):
        read([{"Brand": "Rolex", "Model": "Explorer", "Price": "1", "Prix": "2"}])


WATCH = {"Brand": "Rolex", "Model": "Explorer"}
RATES = {"USD": Decimal("0.9"), "CAD": Decimal("0.6"), "SEK": Decimal("0.1")}


@pytest.mark.parametrize(
    ("price", "currency", "cents"),
    [
        ("9000", "USD", 810_000), ("9000", "EUR", 900_000), ("9000", "usd", 810_000), ("9000", "US Dollar", 810_000),
        ("9000", "€", 900_000), ("$9000", "CAD", 540_000), ("9000 kr", "SEK", 90_000), ("9000 USD", "USD", 810_000),
    ],
)  # fmt: skip
def test_currency_column_is_that_of_the_price(price: str, currency: str, cents: int) -> None:
    for header in ("Currency", "Währung", "Waehrung", "price_currency", "Devise"):
        sheet = read([{**WATCH, "Price": price, header: currency}], rates=RATES)
        assert [row.values["asking_price_cents"] for row in sheet.good] == [cents]
        assert sheet.columns.ignored == []


@pytest.mark.parametrize(
    ("price", "currency", "reason"),
    [
        ("9000", "CHF", "in CHF, which has no exchange rate"), ("9000", "gold", '"gold" is not a currency'),
        ("9000 EUR", "USD", "in EUR, but the currency column says USD"), ("9000", "", "currency of this price is"),
    ],
)  # fmt: skip
def test_price_without_a_certain_currency_is_an_error(price: str, currency: str, reason: str) -> None:
    sheet = read([{**WATCH, "Price": "1", "Currency": "EUR"}, {**WATCH, "Price": price, "Currency": currency}])
    assert [(error.line, error.column) for error in sheet.errors] == [(3, "Price")]
    assert reason in sheet.errors[0].reason


def test_header_and_currency_column_may_not_contradict_each_other() -> None:
    assert "in USD, but" in read([{**WATCH, "Price (USD)": "9000", "Currency": "EUR"}]).errors[0].reason


def test_blank_currency_column_says_nothing() -> None:
    assert read([{**WATCH, "Price": "9000", "Currency": ""}]).good[0].values["asking_price_cents"] == 900_000


def test_purchase_price_has_its_own_currency_column() -> None:
    row = {**WATCH, "Price": "9000", "Currency": "EUR", "Purchase price": "5000", "Purchase currency": "USD"}
    values = read([row], rates=RATES).good[0].values
    assert (values["asking_price_cents"], values["cost_price_cents"]) == (900_000, 450_000)


def test_currency_in_the_header_of_an_auction_file_is_that_of_its_prices() -> None:
    row = {key.replace("Currency=EUR", "Currency=USD"): cell for key, cell in EBAY.items()}
    assert read([row], rates=RATES).good[0].values["asking_price_cents"] == 1_161_000


WOOCOMMERCE_DE = {
    "Artikelnummer": "SH-1", "Name": "Submariner", "Veröffentlicht": "1", "Sichtbarkeit im Katalog": "visible",
    "Auf Lager?": "1", "Angebotspreis": "", "Regulärer Preis": "12900", "Attribut 1 Name": "Hersteller",
    "Attribut 1 Wert(e)": "Rolex",
}  # fmt: skip
WOOCOMMERCE_FR = {
    "UGS": "SH-1", "Nom": "Submariner", "Publié": "1", "En stock ?": "1", "Tarif promo": "", "Tarif régulier": "12900",
    "Nom de l’attribut 1": "Marque", "Valeur(s) de l’attribut 1": "Rolex",
}  # fmt: skip
PRESTASHOP_DE = {
    "Aktiv (0/1)": "1", "Name *": "Submariner", "Preis (zzgl. MwSt.)": "12900", "Hersteller": "Rolex", "Menge": "1",
}  # fmt: skip
SHOPWARE = {
    "productNumber": "SH-1", "name": "Submariner", "active": "1", "stock": "1", "manufacturer.name": "Rolex",
    "price.DEFAULT.gross": "12900", "price.DEFAULT.net": "10840",
}  # fmt: skip
GOOGLE = {
    "id": "SH-1", "title": "Submariner", "availability": "in_stock", "price": "13500 EUR", "sale_price": "12900 EUR",
    "brand": "Rolex",
}  # fmt: skip


@pytest.mark.parametrize("row", [WOOCOMMERCE_DE, WOOCOMMERCE_FR, PRESTASHOP_DE, SHOPWARE, GOOGLE])
def test_translated_export_and_those_of_other_shops_are_read(row: dict[str, str]) -> None:
    [parsed] = read([row]).good
    assert (parsed.values["brand"], parsed.values["model"], parsed.availability) == ("Rolex", "Submariner", 1)
    assert parsed.values["asking_price_cents"] == 1_290_000


def test_hidden_product_of_a_translated_export_is_not_for_sale() -> None:
    [parsed] = read([{**WOOCOMMERCE_DE, "Sichtbarkeit im Katalog": "hidden"}]).good
    assert parsed.availability == Availability.WITHHELD


def test_discount_that_another_column_limits_does_not_count() -> None:
    sheet = read([{"Brand": "Rolex", "Model": "Explorer", "Price": "9000", "Sale Price": "8000", "On Sale": "No"}])
    assert [row.values["asking_price_cents"] for row in sheet.good] == [900_000]
    assert [warning.column for warning in sheet.warnings] == ["Sale Price"]
