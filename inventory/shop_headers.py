"""Column names of shop systems: Shopify, WooCommerce, eBay and others.

`inventory.headers` has the names that dealers write. A shop often has several columns for one field. Their ranks say
which one counts: the lowest rank first, the next one where its cell is blank.
"""

import re
from collections.abc import Sequence

from inventory.headers import PRICE_FIELDS
from inventory.money import CURRENCIES
from inventory.text_matching import fold, spelling_table, word_set

# "*C:Brand" (eBay), "P:MPN" (eBay), "Meta: _wc_cog_cost" (WooCommerce), "attribute:brand".
_PREFIX = re.compile(r"^\s*\*?\s*(?:(?:C|P|Meta|attributes?|attr|custom)\s*:\s*_*)?", re.I)
_METAFIELD = re.compile(r"\((?:product|variant)\.metafields[^()]*\)", re.I)
_NUMBER_SIGN = re.compile(r"(?<=\w)\s*#$")  # "Stock #" is an SKU, but "Stock" a quantity
_CAMEL_CASE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LEADING_WORDS = word_set("variant product item watch listing")
_NUMBERED_PHOTO = re.compile(
    r"(?:additional |gallery |main |product )?(?:image|images|photo|picture|pic|img|bild|foto|снимка)"
    r"(?: url| src| link)? ?[0-9]{1,2}(?: url| src| link)?"
)
_SPELLINGS = (
    # Rank -1: counts before the names of rank 0.
    spelling_table(
        asking_price_eur="special price, buy it now price, fixed price, angebotspreis, tarif promo, prix promo, prix "
        "promotionnel, prezzo in offerta, prezzo scontato, precio rebajado, precio de oferta"
    ),
    spelling_table(
        sku="variant sku, custom label, custom label sku, merchant sku, seller sku, dealer product code, product "
        "number, artikelcode, code article, référence interne, codice, ugs, "
        "merchant item id",
        brand="brands, brand name, manufacturer name, marken, marques, marchi, marcas",
        reference="mpn, part number, manufacturer part number, model number, model no, manufacturer number, "
        "herstellernummer, référence fabricant",
        title="product name, product title, item title, item name, post title, produktname, artikelname, "
        "artikelbezeichnung, nom du produit, nome prodotto, nombre del producto",
        description="body, body html, long description, full description, post content, artikelbeschreibung, "
        "description html",
        condition="condition id, item condition",
        year="year manufactured, manufacture year, model year",
        case_diameter_mm="case size mm, watch case size",
        bracelet_material="band strap, strap band material, band strap material",
        has_box="with original box packaging, with original packaging, original box packaging, box included",
        has_papers="papers included, with certificate, with warranty card",
        asking_price_eur="price tax incl, price tax included, price incl vat, price incl tax, price with tax, "
        "final price, web price, online price, shop price, offer price, bruttopreis, preis inkl mw st, gross price, "
        "price "
        "default gross, prix ttc, prezzo ivato",
        photos="image src, product image url, item photo url, pic url, picture url, picture urls, image link, "
        "image links, additional image link, image urls x y z, base image, additional images, gallery, "
        "gallery images, main image, featured image, variant image, variant image url, photo links",
        cost_price_eur="cost per item, wholesale price, purchase cost, unit cost, cost of goods, wc cog cost",
    ),
    spelling_table(
        sku="item id, listing id, product id, id product, post id",
        description="short description, summary, kurzbeschreibung",
        asking_price_eur="regular price, price tax excl, price tax excluded, price excl vat, price excl tax, "
        "current price, prix ht, nettopreis, preis zzgl mw st, preis exkl mw st, net price, price default net, "
        "regulärer preis, normalpreis, tarif régulier, prix régulier, prezzo di listino, precio normal",
    ),
    spelling_table(asking_price_eur="start price"),
)
_RANKED = {spelling: (field, rank) for rank, table in enumerate(_SPELLINGS, -1) for spelling, field in table.items()}
# Names for the title of a product where there is no column for the model.
PRODUCT_NAMES = word_set("name nom nome nombre bezeichnung име наименование")
CURRENCY_SPELLINGS = spelling_table(
    currency="currency, currency code, price currency, currency of price, iso currency, listing currency, "
    "currency iso, währung, devise, valuta, moneda, divisa, валута, валюта",
    cost_currency="cost currency, purchase currency, purchase price currency, cost price currency, einkaufswährung",
)
_ITEM_NUMBERS = ("item no", "item number")  # of eBay, where the custom label is the dealer's own number
_DISCOUNTS = spelling_table(
    discount="sale price, special price, angebotspreis, tarif promo, prix promo, prix promotionnel, prezzo in "
    "offerta, prezzo "
    "scontato, precio rebajado, precio de oferta"
)
_DISCOUNT_DATES = (
    "date sale price starts", "date sale price ends", "special price from date", "special price to date",
    "sale price effective date", "discount from", "discount to", "on sale",
    "datum an dem angebotspreis beginnt", "datum an dem angebotspreis endet", "date de debut de promo",
    "date de fin de promo",
)  # fmt: skip
_HEADER_CURRENCY = re.compile(r"\bcurrency=([A-Z]{3})\b", re.I)


def strip_prefix(name: str) -> str:
    """Remove what a shop adds to a name, such as "*C:", and spell out "#"."""
    return _NUMBER_SIGN.sub(" no", _METAFIELD.sub("", _PREFIX.sub("", name, count=1)).strip())


def find_shop_field(name: str) -> tuple[str, int] | None:
    """Find field and rank of a shop's header. A price may have a currency."""
    folded = _fold_header(name)
    if _NUMBERED_PHOTO.fullmatch(folded):
        return "photos", 0
    words = folded.split()
    without_currency = " ".join(word for word in words if word.upper() not in CURRENCIES)
    found = _RANKED.get(folded) or _RANKED.get(without_currency)
    return found if found and (found[0] in PRICE_FIELDS or without_currency == folded) else _RANKED.get(folded)


def drop_leading_word(name: str) -> str:
    """Remove a word such as "Variant" or "Product" at the start."""
    first, _, rest = name.strip().partition(" ")
    return rest if fold(first) in _LEADING_WORDS else name


def find_rank(name: str) -> int:
    """Return the rank of a column that `inventory.headers` recognizes."""
    return -1 if is_discount(name) else int(_fold_header(name) in _ITEM_NUMBERS)


def find_currency_field(name: str) -> str | None:
    return CURRENCY_SPELLINGS.get(_fold_header(name))


def find_header_currency(names: Sequence[str]) -> str | None:
    """Find the currency in eBay's header "Action(SiteID=US|Currency=USD)"."""
    return next((match[1].upper() for name in names if (match := _HEADER_CURRENCY.search(name))), None)


def is_discount(name: str) -> bool:
    return _fold_header(name) in _DISCOUNTS


def is_discount_date(name: str) -> bool:
    return _fold_header(name) in _DISCOUNT_DATES


def is_product_name(name: str) -> bool:
    return _fold_header(name) in PRODUCT_NAMES


def is_vendor(name: str) -> bool:
    return _fold_header(name) == "vendor"


def _fold_header(name: str) -> str:
    return fold(_CAMEL_CASE.sub(" ", strip_prefix(name)))
